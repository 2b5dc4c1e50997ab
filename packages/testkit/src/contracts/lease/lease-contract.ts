/** What every `LeaseDriver` promises, as a suite for Vitest, or any runner with `describe` and `test`. */
import assert from 'node:assert/strict';
import { type AcquireLease, isQualityHubError, type Lease, type LeaseClaim } from '@quality-hub/protocol';
import type { SuiteFunctions } from '../describe-event-stream.ts';
import { ask, granted, type LeaseCheck, LONG_MS, type OpenedLeases, queued } from './asking.ts';
import { registerDeadlocks } from './deadlock-promises.ts';
import { registerEnds } from './end-promises.ts';
import { registerWakeUps } from './wake-up-promises.ts';

export interface LeaseSource {
  /** Opens the driver on an empty store of its own. */
  open(): Promise<OpenedLeases>;
}

/** Registers the suite. What one process cannot show is in `sharedLeaseContract`. */
export function leaseContract(name: string, { open }: LeaseSource, { describe, test }: SuiteFunctions): void {
  const check: LeaseCheck = (fact, body) =>
    test(fact, async () => {
      const opened = await open();
      try {
        await body(opened);
      } finally {
        await opened.leases.close();
      }
    });
  describe(`${name} keeps the contract of leases`, () => {
    registerModes(check);
    registerQueue(check);
    registerSeveralNames(check);
    registerEnds(check);
    registerDeadlocks(check);
    registerWakeUps(check);
    registerRefusals(check);

    test('after its end every call is refused, and ending twice is ending once', async () => {
      const { leases } = await open();
      await leases.close();
      await leases.close();
      const calls = [
        leases.acquire([{ name: 'a' }], { owner: { id: 'x' }, ttlMs: LONG_MS }),
        leases.cancel('t'),
        leases.renew({ id: 'l' }, 1),
        leases.release({ id: 'l' }),
        leases.table(''),
      ];
      for (const result of await Promise.allSettled(calls)) {
        const error = result.status === 'rejected' ? result.reason : undefined;
        assert.ok(isQualityHubError(error) && error.code === 'QH_STATE_CLOSED', String(error));
      }
    });
  });
}

function registerModes(check: LeaseCheck): void {
  check('a lease says who holds what, since when and until when', async ({ leases }) => {
    const owner = { id: 'w1', run: 'r', test: 't', label: 'worker 1: "pays" ä€😀' };
    const lease = await granted(leases, 'w1', 'b a', { owner, ttlMs: 5_000 });
    assert.deepEqual(lease.owner, owner);
    assert.deepEqual(
      lease.claims.map(({ name }) => name),
      ['a', 'b'],
    );
    assert.equal(lease.expiresAt - lease.grantedAt, 5_000);
    assert.ok(lease.token > 0 && lease.id !== '');
    assert.deepEqual((await leases.table('')).leases, [lease]);
  });

  check('an exclusive name has one holder, shared ones hold together', async ({ leases }) => {
    const one = await granted(leases, 'r1', 'a:shared');
    await granted(leases, 'r2', 'a:shared');
    const writer = await queued(leases, 'w', 'a');
    assert.deepEqual(writer.holders.map(({ owner }) => owner.id).sort(), ['r1', 'r2']);
    await leases.release(one);
    await queued(leases, 'w', 'a', { ticket: writer.ticket });
    assert.ok((await leases.table('')).leases.length === 1);
    await leases.release((await leases.table('')).leases[0] as Lease);
    await granted(leases, 'w', 'a', { ticket: writer.ticket });
    await queued(leases, 'r3', 'a:shared');
  });

  check('a semaphore has as many holders as permits, and none beside a shared one', async ({ leases }) => {
    const first = await granted(leases, 'o1', 's:2');
    await granted(leases, 'o2', 's:2');
    const third = await queued(leases, 'o3', 's:2');
    assert.deepEqual([third.ahead, third.holders.length], [0, 2]);
    const reader = await queued(leases, 'o4', 's:shared');
    assert.equal(reader.ahead, 1);
    await leases.release(first);
    await granted(leases, 'o3', 's:2', { ticket: third.ticket });
    await queued(leases, 'o4', 's:shared', { ticket: reader.ticket });
  });

  check('a token is greater than that of every lease before it', async ({ leases }) => {
    const tokens: number[] = [];
    for (const name of ['a', 'b', 'a', 'c']) {
      const lease = await granted(leases, 'x', name);
      tokens.push(lease.token);
      await leases.release(lease);
    }
    assert.ok(
      tokens.every((token, index) => token > (tokens[index - 1] ?? 0)),
      `tokens ${tokens}`,
    );
  });
}

function registerQueue(check: LeaseCheck): void {
  check('the queue is fair: who came first is first, and a newcomer does not overtake', async ({ leases }) => {
    const holder = await granted(leases, 'h', 'a');
    const places = [await queued(leases, 'x', 'a'), await queued(leases, 'y', 'a'), await queued(leases, 'z', 'a')];
    assert.deepEqual(
      places.map(({ ahead }) => ahead),
      [0, 1, 2],
    );
    await leases.release(holder);
    await queued(leases, 'late', 'a', { tryOnce: true });
    assert.equal((await queued(leases, 'z', 'a', { ticket: places[2]?.ticket ?? '' })).ahead, 2);
    const next = await granted(leases, 'x', 'a', { ticket: places[0]?.ticket ?? '' });
    await leases.release(next);
    await granted(leases, 'y', 'a', { ticket: places[1]?.ticket ?? '' });
  });

  check('readers who come after a waiting writer do not starve it', async ({ leases }) => {
    const reader = await granted(leases, 'r1', 'a:shared');
    const writer = await queued(leases, 'w', 'a');
    const late = await queued(leases, 'r2', 'a:shared');
    await leases.release(reader);
    const writing = await granted(leases, 'w', 'a', { ticket: writer.ticket });
    await leases.release(writing);
    await granted(leases, 'r2', 'a:shared', { ticket: late.ticket });
  });

  check('tryOnce leaves no place in the queue', async ({ leases }) => {
    await granted(leases, 'h', 'a');
    const answer = await queued(leases, 'x', 'a', { tryOnce: true });
    assert.deepEqual([answer.ticket, answer.holders[0]?.owner.id], ['', 'h']);
    assert.ok(answer.againInMs > 0 && answer.againInMs <= LONG_MS, `again in ${answer.againInMs}`);
    assert.deepEqual((await leases.table('')).waiters, []);
  });

  check('a place that is given back is nobody’s, and the next one moves up', async ({ leases }) => {
    const holder = await granted(leases, 'h', 'a');
    const [x, y] = [await queued(leases, 'x', 'a'), await queued(leases, 'y', 'a')];
    assert.equal(await leases.cancel(x.ticket), true);
    assert.equal(await leases.cancel(x.ticket), false);
    await leases.release(holder);
    await granted(leases, 'y', 'a', { ticket: y.ticket });
  });

  check('who asks again with a ticket that became a lease hears of that lease', async ({ leases }) => {
    const holder = await granted(leases, 'h', 'a');
    const { ticket } = await queued(leases, 'x', 'a');
    await leases.release(holder);
    const lease = await granted(leases, 'x', 'a', { ticket });
    assert.equal(lease.id, ticket);
    assert.deepEqual(await granted(leases, 'x', 'a', { ticket }), lease);
    assert.equal((await leases.table('')).leases.length, 1);
  });

  check('of all who ask at the same time one gets it', async ({ leases }) => {
    const answers = await Promise.all(Array.from({ length: 30 }, (_, index) => ask(leases, `o${index}`, 'a')));
    assert.equal(answers.filter(answer => answer.granted).length, 1);
    const { waiters } = await leases.table('');
    assert.equal(waiters.length, 29);
  });
}

function registerSeveralNames(check: LeaseCheck): void {
  check('several names are had together or not at all', async ({ leases }) => {
    const a = await granted(leases, 'h', 'a');
    const both = await queued(leases, 'x', 'a b');
    assert.equal((await leases.table('b')).leases.length, 0);
    // It waits for b as well: nobody overtakes it there.
    const late = await queued(leases, 'y', 'b');
    await leases.release(a);
    const lease = await granted(leases, 'x', 'b a', { ticket: both.ticket });
    await queued(leases, 'y', 'b', { ticket: late.ticket });
    await leases.release(lease);
    await granted(leases, 'y', 'b', { ticket: late.ticket });
    // Whichever of its names is the taken one.
    await queued(leases, 'z', 'a b');
    assert.equal((await leases.table('a')).leases.length, 0);
  });

  check('names that have nothing to do with each other do not wait', async ({ leases }) => {
    await granted(leases, 'h', 'a');
    await queued(leases, 'x', 'a b');
    await granted(leases, 'y', 'c d');
  });

  check('the table shows holders and waiters of a beginning of names', async ({ leases }) => {
    await granted(leases, 'h', 'lock/a');
    await granted(leases, 'h', 'pool/m1:shared');
    const waiter = await queued(leases, 'x', 'lock/a');
    const table = await leases.table('lock/');
    assert.deepEqual(
      table.leases.map(({ claims }) => claims[0]?.name),
      ['lock/a'],
    );
    assert.deepEqual(
      table.waiters.map(({ ticket, owner }) => [ticket, owner.id]),
      [[waiter.ticket, 'x']],
    );
    assert.equal((await leases.table('')).leases.length, 2);
    assert.deepEqual(await leases.table('lock/_'), { leases: [], waiters: [] });
  });
}

function registerRefusals(check: LeaseCheck): void {
  check('wrong claims, owners, lifetimes and permits are refused', async ({ leases }) => {
    const refused = async (work: () => Promise<unknown>): Promise<void> => {
      const error = await work().catch(thrown => thrown);
      assert.ok(isQualityHubError(error) && error.code === 'QH_OPTION', String(error));
    };
    const acquire = (claims: readonly LeaseClaim[], options: Partial<AcquireLease> = {}) =>
      leases.acquire(claims, { owner: { id: 'x' }, ttlMs: LONG_MS, ...options });
    for (const name of ['', 'a\0', 'a\uD800', 'x'.repeat(513)]) await refused(() => acquire([{ name }]));
    await refused(() => acquire([]));
    await refused(() => acquire([{ name: 'a' }, { name: 'a', mode: 'shared' }]));
    await refused(() => acquire(Array.from({ length: 65 }, (_, index) => ({ name: `n${index}` }))));
    await refused(() => acquire([{ name: 'a', permits: 0 }]));
    await refused(() => acquire([{ name: 'a', permits: 1.5 }]));
    await refused(() => acquire([{ name: 'a', mode: 'shared', permits: 2 }]));
    await refused(() => acquire([{ name: 'a', mode: 'read' as 'shared' }]));
    await refused(() => acquire([{ name: 'a' }], { owner: { id: '' } }));
    await refused(() => acquire([{ name: 'a' }], { ticket: 't', tryOnce: true }));
    for (const ttlMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      await refused(() => acquire([{ name: 'a' }], { ttlMs }));
      await refused(() => leases.renew({ id: 'l' }, ttlMs));
    }
    assert.deepEqual(await leases.table(''), { leases: [], waiters: [] });
    await granted(leases, 'x', 's:2');
    await refused(() => ask(leases, 'y', 's:3'));
    const { ticket } = await queued(leases, 'y', 's:shared');
    await refused(() => ask(leases, 'y', 'other', { ticket }));
    assert.equal((await leases.table('')).waiters.length, 1);
  });
}
