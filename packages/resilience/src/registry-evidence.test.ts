import type { Evidence } from '@quality-hub/protocol';
import { expect, test } from 'vitest';
import { createPolicy } from './create-policy.ts';
import { degrade } from './pipeline/fallback.ts';
import { Registry } from './registry.ts';
import { healthEvidence, registryEvidence } from './registry-evidence.ts';
import { codeError } from './testing/status-error.ts';

test('an outage, what was done without it, and the health of all become evidence', async () => {
  const registry = new Registry({ wallNow: () => Date.parse('2026-01-01T00:00:00.000Z') });
  const seen: Evidence[] = [];
  registry.on(event => seen.push(registryEvidence(event)));
  const policy = createPolicy(
    { name: 'recs', breaker: { consecutive: 1, openMs: 5_000 }, fallback: degrade('recommendations', []) },
    { registry },
  );
  expect(await policy.execute(() => Promise.reject(codeError('ECONNREFUSED')))).toEqual([]);
  expect(seen).toEqual([
    {
      kind: 'breaker',
      dependency: 'recs',
      from: 'closed',
      to: 'open',
      reason: 'a failure',
      retryAt: expect.stringMatching(/^2026-01-01T00:00:0[45]/),
    },
    {
      kind: 'health',
      dependency: 'recs',
      state: 'degraded',
      feature: 'recommendations',
      detail: 'it failed with ECONNREFUSED',
    },
  ]);
  const change = { dependency: 'shop', from: 'unknown', to: 'healthy', by: 'need' } as const;
  expect(healthEvidence(change)).toEqual({ kind: 'health', dependency: 'shop', state: 'healthy' });
  expect(healthEvidence({ ...change, to: 'down', detail: 'no route' })).toMatchObject({
    state: 'down',
    detail: 'no route',
  });
});
