/** Facts of the lease contract: how leases and places in the queue end. */
import assert from 'node:assert/strict';
import { granted, type LeaseCheck, LONG_MS, queued } from './asking.ts';

const SHORT_MS = 150;

export function registerEnds(check: LeaseCheck): void {
  check('a lease that is given back is free at once, and only once', async ({ leases }) => {
    const lease = await granted(leases, 'x', 'a');
    assert.equal(await leases.release(lease), true);
    assert.equal(await leases.release(lease), false);
    assert.equal(await leases.renew(lease, LONG_MS), undefined);
    await granted(leases, 'y', 'a');
  });

  check('a lease that is past its end is not there, for any call', async ({ leases, elapse }) => {
    const lease = await granted(leases, 'x', 'a', { ttlMs: SHORT_MS });
    await elapse(SHORT_MS + 1);
    assert.deepEqual(await leases.table(''), { leases: [], waiters: [] });
    assert.equal(await leases.renew(lease, LONG_MS), undefined);
    assert.equal(await leases.release(lease), false);
    const next = await granted(leases, 'y', 'a');
    assert.ok(next.token > lease.token);
  });

  check('a renewed lease lives from then on, with the same token', async ({ leases, elapse }) => {
    const lease = await granted(leases, 'x', 'a', { ttlMs: LONG_MS });
    await elapse(20);
    const renewed = await leases.renew(lease, LONG_MS);
    assert.equal(renewed?.token, lease.token);
    assert.ok((renewed?.expiresAt ?? 0) >= lease.expiresAt + 20);
    assert.deepEqual((await leases.table('')).leases, [renewed]);
    const shorter = await leases.renew(lease, SHORT_MS);
    assert.ok((shorter?.expiresAt ?? Number.POSITIVE_INFINITY) < lease.expiresAt);
    await elapse(SHORT_MS + 1);
    await granted(leases, 'y', 'a');
  });

  check('a lease can be broken by somebody else, and its holder hears so', async ({ leases }) => {
    const lease = await granted(leases, 'x', 'a');
    assert.equal(await leases.release({ id: lease.id }), true);
    assert.equal(await leases.renew(lease, LONG_MS), undefined);
  });

  check('a waiter that does not ask again loses its place after its lifetime', async ({ leases, elapse }) => {
    const holder = await granted(leases, 'h', 'a');
    const lost = await queued(leases, 'x', 'a', { ttlMs: SHORT_MS });
    const next = await queued(leases, 'y', 'a');
    await leases.release(holder);
    await elapse(SHORT_MS + 1);
    const lease = await granted(leases, 'y', 'a', { ticket: next.ticket });
    // Who comes back late stands at the end.
    const back = await queued(leases, 'x', 'a', { ticket: lost.ticket });
    assert.deepEqual([back.ticket, back.ahead, back.holders], [lost.ticket, 0, [lease]]);
  });

  check('who asks again keeps its place', async ({ leases, elapse }) => {
    await granted(leases, 'h', 'a');
    const { ticket } = await queued(leases, 'x', 'a', { ttlMs: SHORT_MS });
    await queued(leases, 'x', 'a', { ticket, ttlMs: LONG_MS });
    await queued(leases, 'y', 'a');
    await elapse(SHORT_MS + 1);
    const { waiters } = await leases.table('');
    assert.deepEqual(
      waiters.map(({ owner }) => owner.id),
      ['x', 'y'],
    );
  });

  check('a waiter hears when what is in its way ends by itself', async ({ leases, elapse }) => {
    await granted(leases, 'h', 'a', { ttlMs: 2_000 });
    const waiter = await queued(leases, 'x', 'a');
    assert.ok(waiter.againInMs > 0 && waiter.againInMs <= 2_000, `again in ${waiter.againInMs}`);
    await elapse(waiter.againInMs + 1);
    await granted(leases, 'x', 'a', { ticket: waiter.ticket });
  });
}
