/** Facts of the lease contract: who is woken, and when. */
import assert from 'node:assert/strict';
import type { LeaseDriver } from '@quality-hub/protocol';
import { granted, type LeaseCheck, queued } from './asking.ts';

/** Only a wake-up that is lost takes so long. */
const LOST_MS = 20_000;

export function registerWakeUps(check: LeaseCheck): void {
  check('a waiter is woken when the name is given back, also when that came before it listened', async ({ leases }) => {
    for (const isBefore of [true, false]) {
      const lease = await granted(leases, 'h', 'a');
      const { ticket } = await queued(leases, 'x', 'a');
      if (isBefore) await leases.release(lease);
      const woken = wakeUp(leases, ['a'], ticket);
      if (!isBefore) await leases.release(lease);
      assert.equal(await woken, 'a');
      await leases.release(await granted(leases, 'x', 'a', { ticket }));
    }
  });

  check('a waiter is woken when the one in front gives its place up', async ({ leases }) => {
    await granted(leases, 'r', 'a:shared');
    const writer = await queued(leases, 'w', 'a');
    const { ticket } = await queued(leases, 'x', 'a:shared');
    const woken = wakeUp(leases, ['a'], ticket);
    await leases.cancel(writer.ticket);
    assert.equal(await woken, 'a');
    await granted(leases, 'x', 'a:shared', { ticket });
  });

  check('all readers behind a writer are woken together', async ({ leases }) => {
    const writer = await granted(leases, 'w', 'a');
    const tickets: string[] = [];
    for (const owner of ['r1', 'r2', 'r3']) tickets.push((await queued(leases, owner, 'a:shared')).ticket);
    const woken = tickets.map(ticket => wakeUp(leases, ['a'], ticket));
    await leases.release(writer);
    assert.deepEqual(await Promise.all(woken), ['a', 'a', 'a']);
  });

  check('without a ticket somebody is woken for a name as well', async ({ leases }) => {
    const lease = await granted(leases, 'h', 'a');
    const woken = wakeUp(leases, ['a', 'b']);
    await leases.release(lease);
    assert.ok(['a', 'b'].includes((await woken) ?? ''));
  });

  check('listening ends with its signal, and with the driver', async ({ leases }) => {
    const stopped = AbortSignal.abort();
    for await (const name of leases.released(['a'], { signal: stopped })) assert.fail(`woken for ${name}`);
    const stop = new AbortController();
    const listening = collect(leases.released(['a'], { signal: stop.signal, ticket: 'none' }));
    stop.abort();
    assert.deepEqual(await listening, []);
    const open = collect(leases.released(['a'], { signal: new AbortController().signal, ticket: 'none' }));
    await leases.close();
    assert.deepEqual(await open, []);
  });
}

/** The first name for which somebody is woken. */
export async function wakeUp(
  leases: LeaseDriver,
  names: readonly string[],
  ticket?: string,
): Promise<string | undefined> {
  const signal = AbortSignal.timeout(LOST_MS);
  for await (const name of leases.released(names, { signal, ticket })) return name;
  return undefined;
}

async function collect(names: AsyncIterable<string>): Promise<string[]> {
  const found: string[] = [];
  for await (const name of names) found.push(name);
  return found;
}
