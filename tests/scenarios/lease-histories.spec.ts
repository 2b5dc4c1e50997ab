/** The rules that `pnpm soak` judges histories of leases by: each finds what breaks it. */
import { expect, test } from '@playwright/test';
import { brokenRules, type Failover } from '../soak/leases/history-rules.ts';
import { FencedResource, type HistoryEvent, type Told } from '../soak/leases/told-by-leasers.ts';

const TTL_MS = 500;

function historyOf(...told: readonly (readonly [process: string, atMs: number, Told & { isAccepted?: boolean }])[]) {
  const events = told.map(([process, atMs, one]): HistoryEvent => ({ ...one, process, atMs }));
  return { events, absences: [], failovers: [] as Failover[], ttlMs: TTL_MS };
}

function granted(token: number, grantedAt: number, names: readonly string[] = ['tenant']): Told {
  return { type: 'granted', ticket: `t${token}`, names, token, grantedAt, expiresAt: grantedAt + TTL_MS };
}

const write = (token: number, isAccepted: boolean) =>
  ({ type: 'write', id: token, name: 'tenant', token, isAccepted }) as const;

test('a history in which all is well breaks no rule', () => {
  const history = historyOf(
    ['a', 0, granted(1, 0)],
    ['a', 10, write(1, true)],
    ['a', 20, { type: 'renewed', token: 1, expiresAt: 600 }],
    // It was stopped, and comes back when the next one has written.
    ['b', 610, granted(2, 600)],
    ['b', 620, write(2, true)],
    ['a', 630, write(1, false)],
    ['b', 640, { type: 'releasing', token: 2 }],
    ['c', 650, granted(3, 645, ['tenant', 'printer'])],
  );
  expect(brokenRules(history)).toEqual([]);
});

for (const [what, history, said] of [
  ['a token that is given twice', historyOf(['a', 0, granted(1, 0)], ['b', 1, granted(1, 900)]), 'the same token'],
  ['two holders', historyOf(['a', 0, granted(1, 0)], ['b', 1, granted(2, 400)]), 'two holders for 100 ms: a, then b'],
  ['a token that goes back', historyOf(['a', 0, granted(2, 0)], ['b', 1, granted(1, 900)]), 'less than one'],
  [
    'a holder beside one that has renewed',
    historyOf(
      ['a', 0, granted(1, 0)],
      ['a', 1, { type: 'renewed', token: 1, expiresAt: 900 }],
      ['b', 2, granted(2, 600)],
    ),
    'two holders',
  ],
  [
    'writes out of order',
    historyOf(['a', 0, granted(1, 0)], ['b', 1, granted(2, 900)], ['b', 2, write(2, true)], ['a', 3, write(1, true)]),
    'out of order',
  ],
  ['a write of a stranger', historyOf(['a', 0, write(9, true)]), 'nobody was granted'],
  [
    'somebody who overtakes',
    historyOf(
      ['a', 0, { type: 'queued', ticket: 't2', names: ['tenant'], cameAtMs: 0 }],
      ['b', 900, granted(1, 900)],
      ['b', 910, { type: 'releasing', token: 1 }],
      ['a', 920, granted(2, 920)],
    ),
    'b overtook a',
  ],
  ['an error', historyOf(['a', 0, { type: 'error', text: 'odd' }]), 'a failed: odd'],
] as const) {
  test(`the rules find ${what}`, () => {
    // What is wrong may be wrong in two ways.
    expect(brokenRules(history)).toEqual(expect.arrayContaining([expect.stringContaining(said)]));
  });
}

test('what a failover has lost may be had by another, who alone may write; what it knows is held as ever', () => {
  const history = historyOf(
    ['a', 0, granted(1, 0)],
    ['b', 110, granted(2, 110)],
    ['b', 120, write(2, true)],
    ['a', 130, write(1, false)],
  );
  expect(brokenRules(history).join()).toContain('two holders for 390 ms: a, then b');
  expect(brokenRules({ ...history, failovers: [{ atMs: 100, known: new Map() }] })).toEqual([]);
  // Before the grant of both, and after it, it changes nothing.
  for (const atMs of [-10, 200]) {
    expect(brokenRules({ ...history, failovers: [{ atMs, known: new Map() }] }).join()).toContain('two holders');
  }
  // It had been copied, up to a renewal of which nobody was told.
  const known = [{ atMs: 100, known: new Map([[1, 560]]) }];
  expect(brokenRules({ ...history, failovers: known }).join()).toContain('two holders for 450 ms: a, then b');
});

test('the rules find a lease that is renewed on a server that does not know it', () => {
  const history = historyOf(['a', 0, granted(1, 0)], ['a', 150, { type: 'renewed', token: 1, expiresAt: 650 }]);
  expect(brokenRules({ ...history, failovers: [{ atMs: 200, known: new Map() }] })).toEqual([]);
  expect(brokenRules({ ...history, failovers: [{ atMs: 100, known: new Map([[1, 500]]) }] })).toEqual([]);
  expect(brokenRules({ ...history, failovers: [{ atMs: 100, known: new Map() }] })).toEqual([
    'a renewed tenant, which the server that took over does not know',
  ]);
});

test('the resource takes what is newest, and nothing that is older', () => {
  const resource = new FencedResource();
  const answers = [1, 1, 3, 2, 3].map(token => resource.write('tenant', token));
  expect([...answers, resource.write('printer', 1)]).toEqual([true, true, true, false, true, true]);
});
