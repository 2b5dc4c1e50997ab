import type { Verdict } from '@quality-hub/protocol';
import { expect, test } from 'vitest';
import { facts, page, toBe, toEqual, traffic, wrongText } from '../testing/sample-attempt.ts';
import type { Case } from '../testing/verdict-cases.ts';
import { judge, reasonsOf } from './judge.ts';

const trouble: Case[] = [
  ['the document is a 503', facts({ error: wrongText('€25.00', ''), evidence: [page('/cart', 503)] }), 'environment'],
  [
    'a fetch is refused',
    facts({
      error: wrongText('€25.00', ''),
      evidence: [
        page('/cart', 200),
        traffic('GET /api/cart', undefined, {
          failure: 'net::ERR_CONNECTION_REFUSED',
          source: 'page',
          resource: 'fetch',
        }),
      ],
    }),
    'environment',
  ],
  [
    'earlier requests were 5xx and are no longer listed',
    facts({
      error: toEqual,
      evidence: [
        traffic('GET /a', 200),
        { kind: 'traffic.counts', requests: 90, failed: 3, byClass: { 2: 87, 5: 3 }, omitted: 40 },
      ],
    }),
    'unknown',
  ],
  ['there was no traffic at all', facts({ error: toEqual }), 'unknown'],
];

test.for(trouble)('never product where %s', ([, attempt, verdict]) => {
  expect(judge(attempt).verdict).toBe(verdict);
});

test('a client that tried again with success is not blamed', () => {
  const recovered = facts({ error: toEqual, evidence: [traffic('GET /orders', 503), traffic('GET /orders', 200)] });
  const { verdict, findings } = judge(recovered);
  expect(verdict).toBe('product');
  expect(findings.map(({ reason }) => reason).join()).toContain('a later try went well');
});

test('a refusal that the test asked for is not held against anybody', () => {
  const asked = facts({ error: toBe(401, 200), evidence: [traffic('GET /me', 401), traffic('GET /orders', 200)] });
  expect(judge(asked).verdict).toBe('product');
});

test('hints add up, and the confidence falls with what speaks against', () => {
  const finding = (verdict: Verdict, weight01: number) => ({
    name: 'r',
    judge: () => ({ rule: 'r', verdict: verdict as 'data', weight01, reason: verdict, remedy: 'do' }),
  });
  expect(judge(facts(), [finding('data', 0.5), finding('data', 0.5)])).toMatchObject({
    verdict: 'data',
    confidence01: 0.75,
  });
  expect(judge(facts(), [finding('data', 0.8), finding('test', 0.4)])).toMatchObject({
    verdict: 'data',
    confidence01: 0.6,
  });
  expect(judge(facts(), [finding('data', 0.5), finding('test', 0.48)])).toMatchObject({ verdict: 'unknown' });
  expect(judge(facts(), [finding('product', 0.6), finding('environment', 0.45)])).toMatchObject({ verdict: 'unknown' });
  expect(judge(facts(), [])).toEqual({ verdict: 'unknown', confidence01: 0, findings: [] });
  expect(reasonsOf(judge(facts(), [finding('data', 0.2)]))).toEqual(['data']);
});
