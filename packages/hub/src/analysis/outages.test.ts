import type { BreakerEvidence, CallEvidence, Evidence, EvidenceRecord } from '@quality-hub/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { at } from '../testing/sample-run.ts';
import { findOutages, isDuring } from './outages.ts';

type Seen = readonly [ms: number, evidence: Evidence, writer?: string];

function outages(...seen: readonly Seen[]) {
  const records = seen.map(
    ([ms, evidence, writer = 'w-1'], seq): EvidenceRecord => ({ writer, seq, at: at(ms), evidence }),
  );
  return findOutages(records);
}

function call(outcome: CallEvidence['outcome'], durationMs = 100, dependency = 'payments'): Evidence {
  return { kind: 'call', dependency, operation: 'POST /charges', outcome, attempts: 1, durationMs };
}

function breaker(from: BreakerEvidence['from'], to: BreakerEvidence['to']): Evidence {
  return { kind: 'breaker', dependency: 'payments', from, to, reason: '2 calls failed in a row' };
}

function health(state: 'healthy' | 'degraded' | 'down'): Evidence {
  return { kind: 'health', dependency: 'payments', state };
}

test('calls that fail are no outage while no breaker opens', () => {
  expect(outages([0, call('failed')], [200, call('ok')], [300, health('degraded')])).toEqual([]);
});

test('an outage begins with the first call that failed, and ends when a breaker closes', () => {
  const found = outages(
    [0, call('failed')],
    [500, call('ok')],
    [2_000, call('timeout', 1_000)],
    [3_000, call('failed')],
    [3_001, breaker('closed', 'open')],
    [8_000, breaker('open', 'half-open')],
    [8_100, breaker('half-open', 'open')],
    [13_000, breaker('open', 'half-open')],
    [13_100, breaker('half-open', 'closed')],
    [20_000, call('ok')],
  );
  expect(found).toEqual([
    { dependency: 'payments', from: at(1_000), to: at(13_100), reason: '2 calls failed in a row' },
  ]);
});

test('what other workers say of it, also a little late, is the same outage', () => {
  const found = outages(
    [1_000, breaker('closed', 'open'), 'w-1'],
    [1_200, breaker('closed', 'open'), 'w-2'],
    [5_000, breaker('half-open', 'closed'), 'w-1'],
    [5_100, breaker('open', 'closed'), 'w-2'],
    [5_200, health('down'), 'w-3'],
  );
  expect(found).toEqual([expect.objectContaining({ from: at(1_000), to: at(5_000) })]);
});

test('a breaker that opens at once again goes on with the outage; one that opens later begins another', () => {
  const again = outages(
    [0, breaker('closed', 'open')],
    [5_000, breaker('half-open', 'closed')],
    [5_500, breaker('closed', 'open')],
    [9_000, breaker('half-open', 'closed')],
    [60_000, breaker('closed', 'open')],
  );
  expect(again.map(({ from, to }) => [from, to])).toEqual([
    [at(0), at(9_000)],
    [at(60_000), undefined],
  ]);
});

test('a probe begins and ends an outage by itself, but cannot end that of a breaker', () => {
  expect(outages([0, health('down')], [100, health('down')], [900, health('healthy')])).toEqual([
    { dependency: 'payments', from: at(0), to: at(900), reason: 'its probe failed' },
  ]);
  const both = [
    [0, health('down')],
    [100, breaker('closed', 'open')],
    [900, health('healthy')],
  ] as const;
  expect(outages(...both)[0]).not.toHaveProperty('to');
  expect(outages(...both, [2_000, breaker('half-open', 'closed')])[0]?.to).toBe(at(2_000));
});

test('a call that failed long before has nothing to do with it', () => {
  expect(outages([0, call('failed')], [200_000, breaker('closed', 'open')])[0]?.from).toBe(at(200_000));
});

test('each dependency has its own', () => {
  const other = { ...breaker('closed', 'open'), dependency: 'mail' } as Evidence;
  const found = outages(
    [0, breaker('closed', 'open')],
    [10, other],
    [20, { ...other, from: 'half-open', to: 'closed' } as Evidence],
  );
  expect(found.map(({ dependency, to }) => [dependency, to])).toEqual([
    ['payments', undefined],
    ['mail', at(20)],
  ]);
});

test('a moment shortly behind the end still belongs to it', () => {
  const outage = { dependency: 'payments', from: at(1_000), to: at(2_000), reason: '' };
  expect([0, 1_000, 2_500, 3_001].map(ms => isDuring(outage, at(ms)))).toEqual([false, true, true, false]);
  expect(isDuring({ dependency: 'payments', from: at(0), reason: '' }, at(1e9))).toBe(true);
});

test('whatever is seen, outages of one dependency follow each other without overlap', () => {
  const states = fc.constantFrom('closed' as const, 'open' as const, 'half-open' as const);
  const evidence = fc.oneof(
    fc.tuple(states, states).map(([from, to]) => breaker(from, to)),
    fc.constantFrom('healthy' as const, 'degraded' as const, 'down' as const).map(health),
    fc.constantFrom('ok' as const, 'failed' as const, 'timeout' as const, 'refused' as const).map(one => call(one, 1)),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 20_000 }), evidence), { maxLength: 30 }), seen => {
      const found = outages(...seen);
      for (const [index, { from, to }] of found.entries()) {
        const next = found[index + 1];
        if (to !== undefined) expect(to >= from).toBe(true);
        if (next) expect(to !== undefined && next.from >= from).toBe(true);
      }
    }),
  );
});
