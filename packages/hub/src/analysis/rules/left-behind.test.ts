import type { LeftBehind } from '@quality-hub/protocol';
import { facts, toBe, traffic } from '../../testing/sample-attempt.ts';
import { at } from '../../testing/sample-run.ts';
import { type Case, judgeCases } from '../../testing/verdict-cases.ts';

const IN_USE = 'Error: listen EADDRINUSE: address already in use 127.0.0.1:4300';

const left = (more: Partial<LeftBehind>): LeftBehind => ({
  test: 'other',
  title: 'the other test',
  at: at(0),
  ...more,
});
const server = (port: number, more: Partial<LeftBehind> = {}): LeftBehind =>
  left({ leak: { thing: 'server', name: `on port ${port}`, at: 'b.spec.ts:7', closed: false }, ...more });
const lease = (outcome: 'lost' | 'timeout', detail?: string) =>
  ({
    kind: 'lease',
    resource: 'cashiers',
    outcome,
    waitedMs: 900,
    holder: '"pays" (worker w-2)',
    ...(detail === undefined ? {} : { detail }),
  }) as const;
const unique = {
  kind: 'database',
  database: 'shop',
  operation: 'insert into users',
  durationMs: 1,
  errorCode: '23505',
  message: 'duplicate key value violates unique constraint "users_email": Key (email)=(ann@example.test)',
} as const;

const cases: Case[] = [
  [
    'a server that another test has left listens on the port',
    facts({ error: IN_USE, leftBehind: [server(4300), server(4301)] }),
    'interference',
    'Port 4300 is in use: "the other test" had left a server on port 4300 (b.spec.ts:7) open',
  ],
  [
    'the attempt before has left the server',
    facts({ error: IN_USE, leftBehind: [server(4300, { test: facts().test })] }),
    'test',
    'an attempt of this test before had left a server on port 4300',
  ],
  [
    'nobody of this run listens on the port',
    facts({ error: IN_USE, leftBehind: [server(4301)] }),
    'environment',
    'no test of this run is known',
  ],
  [
    'a record of that name could not be removed',
    facts({
      error: 'Error: no',
      evidence: [unique],
      leftBehind: [left({ record: 'user ann@example.test', detail: 'HTTP 500' })],
    }),
    'data',
    '"the other test" had left user ann@example.test behind: it could not be removed (HTTP 500)',
  ],
  [
    'a record of that kind could not be removed',
    facts({
      error: toBe(201, 409),
      evidence: [unique, traffic('POST /users', 409)],
      leftBehind: [left({ record: 'user 17' })],
    }),
    'data',
    'had left user 17 behind',
  ],
  [
    'a test has left something open that it may not',
    facts({ error: 'LeakError: The test left 1 server open: a server on port 4000 (a.spec.ts:3)' }),
    'test',
    'It did not close what it opened: a server on port 4000 (a.spec.ts:3)',
  ],
  [
    'a page of an earlier test was closed with its end',
    facts({
      error: 'Error: page.goto: Target page, context or browser has been closed',
      leftBehind: [left({ leak: { thing: 'page', name: '', at: `${facts().identity.file}:6`, closed: true } })],
    }),
    'test',
    '"the other test" had opened a page at orders.spec.ts:6, which was closed with its end',
  ],
  [
    'a page was closed, and no test of its file had opened one',
    facts({
      error: 'Error: page.goto: Target page, context or browser has been closed',
      leftBehind: [left({ leak: { thing: 'page', name: '', at: 'other.spec.ts:6', closed: true } })],
    }),
    'resource',
  ],
  [
    'a need can never be met',
    facts({
      error: 'NeedsError: The test needs the test "sings in", but there is no such test; did you mean "signs in"?',
    }),
    'test',
    'did you mean "signs in"?',
  ],
  [
    'a test has changed what others read',
    facts({
      error: 'SharedChangedError: "pays" has changed catalogue, which other tests read as well',
      evidence: [{ kind: 'conflict', resource: 'catalogue', detail: '"pays" has changed it' }],
    }),
    'test',
    'changed catalogue',
  ],
  [
    'what it shares was changed by another test',
    facts({
      error: toBe(12, 10),
      evidence: [
        traffic('GET /products', 200),
        { kind: 'conflict', resource: 'catalogue', detail: '"sells out" has changed it', other: 'k' },
      ],
    }),
    'interference',
    'Two tests wanted catalogue: "sells out" has changed it',
  ],
  [
    'a pool is starved, and its holders are named',
    facts({
      error: 'PoolTimeoutError: The pool "cashiers" had no member free within 0.9 s',
      evidence: [
        lease('timeout', 'The pool "cashiers" had no member free within 0.9 s: ann is held by "pays" (worker w-2)'),
      ],
    }),
    'interference',
    'not given within 900 ms: The pool "cashiers" had no member free within 0.9 s: ann is held by "pays" (worker w-2)',
  ],
  [
    'a lock is lost',
    facts({ error: 'LockLostError: The lock "billing" is lost', evidence: [lease('lost', 'it ran out')] }),
    'interference',
    'was lost; "pays" (worker w-2) had it: it ran out',
  ],
  [
    'a process that holds a lock stands still, and its next call is held back',
    facts({
      error: 'LockLostError: The lock "billing" is lost',
      evidence: [
        lease('lost', 'its time ran out before it could be renewed: this process stood still'),
        {
          kind: 'call',
          dependency: 'api',
          origin: 'http://127.0.0.1:1',
          operation: 'GET /stock',
          outcome: 'failed',
          attempts: 1,
          durationMs: 1,
          errorCode: 'QH_LOCK_LOST',
        },
      ],
    }),
    'resource',
    'The lease of cashiers was lost: its time ran out before it could be renewed: this process stood still',
  ],
  [
    'a store does not renew a lock, and the next statement is held back',
    facts({
      error: 'LockLostError: The lock "billing" is lost',
      evidence: [
        lease('lost', 'its time ran out before it could be renewed: the store did not answer'),
        { ...unique, errorCode: 'QH_LOCK_LOST' },
      ],
    }),
    'environment',
    'The lease of cashiers was lost: its time ran out before it could be renewed: the store did not answer',
  ],
  [
    'nothing can be written down, and so nothing is created',
    facts({
      error:
        'UnsupportedError: Nothing is created, since nobody would remove it after the death of this process: state.db is damaged',
    }),
    'environment',
    'The store that tests share could not be used: state.db is damaged',
  ],
  [
    'locks are refused because of the store',
    facts({
      error:
        'UnsupportedError: Locks, pools and once need a state that all workers see, and it cannot be used: state.db is damaged',
    }),
    'environment',
    'The store that tests share could not be used: state.db is damaged',
  ],
  [
    'locks are refused because of the configuration',
    facts({
      error:
        'UnsupportedError: Locks, pools and once need a state that all workers see, and this one is the memory of each worker',
    }),
    'test',
    'this one is the memory of each worker',
  ],
  [
    'a file of rows is wrong',
    facts({ error: 'DatasetError: prices.csv has one violation: line 3: cents: expected number' }),
    'data',
    'prices.csv has one violation: line 3',
  ],
  ['a file of rows is not there', facts({ error: 'DatasetError: There is no file a.json' }), 'test', 'no file a.json'],
  ['a file of rows has no format', facts({ error: 'DatasetError: a.xlsx: .xlsx is no format' }), 'test', 'no format'],
  [
    'nobody in the pool is as wanted',
    facts({ error: 'PoolEmptyError: The pool "a" has no member to lend: nothing is a member with the label boss' }),
    'test',
    'label boss',
  ],
  [
    'what was done once for all met a server in trouble',
    facts({
      error: 'OnceFailedError: "index" was to be done once and failed in a: GET http://a/ gave 503, expected 2xx',
    }),
    'environment',
    'gave 503',
  ],
  [
    'what was done once for all was not let in',
    facts({
      error: 'OnceFailedError: "index" was to be done once and failed in a: GET http://a/ gave 401, expected 2xx',
    }),
    'credential',
    'gave 401',
  ],
  [
    'a value is claimed by another test',
    facts({
      error: 'ClaimedError: email ann@example.test belongs to "pays" (worker w-1 of run 42) now',
      evidence: [
        {
          kind: 'conflict',
          resource: 'email ann@example.test',
          detail: '"pays" (worker w-1 of run 42) had claimed it',
          other: 'k',
        },
      ],
    }),
    'interference',
    'had claimed it',
  ],
];
judgeCases(cases);
