/** Facts of the lease contract: circles of owners who wait for each other. */
import assert from 'node:assert/strict';
import { granted, type LeaseCheck, queued } from './asking.ts';

const circle = (answer: { readonly deadlock?: readonly { readonly id: string }[] }): readonly string[] | undefined =>
  answer.deadlock?.map(({ id }) => id);

export function registerDeadlocks(check: LeaseCheck): void {
  check('who closes a circle hears of it, and of all in it', async ({ leases }) => {
    await granted(leases, 'x', 'a');
    await granted(leases, 'y', 'b');
    await granted(leases, 'z', 'c');
    assert.equal(circle(await queued(leases, 'x', 'b')), undefined);
    assert.equal(circle(await queued(leases, 'y', 'c')), undefined);
    const closing = await queued(leases, 'z', 'a');
    assert.deepEqual(circle(closing), ['z', 'x', 'y']);
    // Somebody who only waits behind it is in no circle.
    assert.equal(circle(await queued(leases, 'behind', 'a')), undefined);
    assert.equal(await leases.cancel(closing.ticket), true);
    assert.equal(circle(await queued(leases, 'other', 'b')), undefined);
  });

  check('who waits for itself is a circle of one', async ({ leases }) => {
    await granted(leases, 'x', 'a');
    assert.deepEqual(circle(await queued(leases, 'x', 'a')), ['x']);
    await granted(leases, 'y', 'b:shared');
    assert.deepEqual(circle(await queued(leases, 'y', 'b')), ['y']);
  });

  check('of a semaphore it is enough that one holder can go on', async ({ leases }) => {
    await granted(leases, 'x', 's:2');
    const free = await granted(leases, 'y', 's:2');
    await granted(leases, 'z', 'a');
    await queued(leases, 'x', 'a');
    // x waits for z, and z for x or y: y can let go.
    assert.equal(circle(await queued(leases, 'z', 's:2')), undefined);
    await leases.release(free);
  });

  check('a semaphore is a deadlock when none of its holders can go on', async ({ leases }) => {
    await granted(leases, 'x', 's:2');
    await granted(leases, 'y', 's:2');
    await granted(leases, 'z', 'a');
    await queued(leases, 'x', 'a');
    await queued(leases, 'y', 'a');
    assert.equal(circle(await queued(leases, 'z', 's:2'))?.[0], 'z');
  });

  check('the queue itself makes no deadlock: who is waited for may go before the one who waits', async ({ leases }) => {
    await granted(leases, 'x', 'a');
    await queued(leases, 'y', 'a b');
    // y stands first for b, and waits for x.
    await granted(leases, 'x', 'b');
    await granted(leases, 'r', 'c:shared');
    await queued(leases, 'w', 'c');
    // A reader that reads again does not wait for the writer who waits for it.
    await granted(leases, 'r', 'c:shared');
  });

  check('a semaphore is no way past those who wait for it', async ({ leases }) => {
    await granted(leases, 'x', 's:2');
    await granted(leases, 'y', 's:2');
    const waiting = await queued(leases, 'w', 's:2');
    const more = await queued(leases, 'x', 's:2');
    assert.deepEqual([waiting.ahead, more.ahead], [0, 1]);
  });
}
