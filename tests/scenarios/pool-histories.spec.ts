/** The rules that `pnpm soak` judges histories of pools by: each finds what breaks it. */
import { expect, test } from '@playwright/test';
import { memberLease, POOL, type PoolSettings } from '../soak/leases/pool-place.ts';
import { brokenPoolRules, keptBackAtEnd } from '../soak/leases/pool-rules.ts';
import type { HistoryEvent, Told } from '../soak/leases/told-by-leasers.ts';

const TTL_MS = 500;
const settings: PoolSettings = {
  members: [
    { name: 'm1', labels: ['a'] },
    { name: 'm2', labels: [] },
  ],
  strategy: 'round-robin',
  seed: 1,
};

function historyOf(...told: readonly (readonly [process: string, atMs: number, ...Told[]])[]) {
  const events = told.flatMap(([process, atMs, ...all]) => all.map((one): HistoryEvent => ({ ...one, process, atMs })));
  return { events, absences: [], failovers: [], ttlMs: TTL_MS };
}

function granted(name: string, token: number): Told {
  return { type: 'granted', ticket: `t${token}`, names: [name], token, grantedAt: token, expiresAt: token + TTL_MS };
}

/** Tokens are instants, as they are where nobody is in a hurry. */
const lent = (name: string, token: number) =>
  [granted(memberLease(name), token), { type: 'lent', name, token }] as const;
const door = (token: number, ...labels: string[]) =>
  granted(`pool/${POOL}/door/${encodeURIComponent(JSON.stringify([labels, null]))}`, token);
const reset = { type: 'reset', name: 'm1' } as const;
const bad = { name: 'm1', reason: 'said by a' };
const good = { name: 'm1' };

test('a history in which all is well breaks no rule', () => {
  const history = historyOf(
    ['a', 0, door(0)],
    ['a', 1, ...lent('m1', 1)],
    ['a', 5, { type: 'marking', ...bad }],
    ['a', 6, { type: 'marked', ...bad }, reset, { type: 'releasing', token: 1 }],
    ['b', 10, { type: 'marking', ...good }],
    ['b', 11, { type: 'marked', ...good }],
    ['b', 21, ...lent('m1', 20)],
  );
  expect(brokenPoolRules(history, settings)).toEqual([]);
  expect(keptBackAtEnd(history, 'm1')).toEqual({ reason: undefined });
  expect(keptBackAtEnd(history, 'm2')).toEqual({ reason: undefined });
});

for (const [what, history, said] of [
  [
    'a member that is lent while it is kept back',
    historyOf(
      ['a', 5, { type: 'marking', ...bad }],
      ['a', 6, { type: 'marked', ...bad }],
      ['b', 21, ...lent('m1', 20)],
    ),
    'b was lent m1, which was kept back',
  ],
  [
    'a reason that nobody gave',
    historyOf(['a', 5, { type: 'marking', name: 'm1', reason: 'reset: lost' }]),
    'm1 is kept back for a reason that nobody gave: reset: lost',
  ],
  [
    'a member that nobody has reset',
    historyOf(['a', 0, reset], ['a', 2, ...lent('m1', 1)], ['b', 21, ...lent('m1', 20)]),
    'b was lent m1 as a had left it',
  ],
  [
    'a head that is passed by',
    historyOf(
      ['a', 0, door(0, 'a')],
      ['b', 4_000, door(4_000)],
      ['b', 4_010, ...lent('m1', 4_005)],
      ['a', 9_000, ...lent('m1', 8_990)],
    ),
    'b was lent m1 before a, the head for longer',
  ],
] as const) {
  test(`the rules find ${what}`, () => {
    expect(brokenPoolRules(history, settings)).toContain(said);
  });
}

test('who comes later may have what the head has no use for', () => {
  const history = historyOf(
    ['a', 0, door(0, 'a')],
    ['b', 4_000, door(4_000)],
    ['b', 4_010, ...lent('m2', 4_005)],
    ['a', 9_000, ...lent('m1', 8_990)],
  );
  expect(brokenPoolRules(history, settings)).toEqual([]);
});

test('marks that were written while others were, and before a failover, are not certain', () => {
  const told = historyOf(['a', 5, { type: 'marking', ...bad }], ['a', 6, { type: 'marked', ...bad }]);
  expect(keptBackAtEnd(told, 'm1')).toEqual({ reason: bad.reason });
  expect(keptBackAtEnd({ ...told, failovers: [{ atMs: 7, known: new Map() }] }, 'm1')).toBeUndefined();
  const killed = historyOf(['a', 5, { type: 'marking', ...bad }]);
  expect(keptBackAtEnd(killed, 'm1')).toBeUndefined();
  const twice = historyOf(
    ['b', 4, { type: 'marking', ...good }],
    ['a', 5, { type: 'marking', ...bad }],
    ['a', 6, { type: 'marked', ...bad }],
    ['b', 7, { type: 'marked', ...good }],
  );
  expect(keptBackAtEnd(twice, 'm1')).toBeUndefined();
});
