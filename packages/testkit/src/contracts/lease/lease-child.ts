/** Child process: takes leases of a shared driver until it is done, or until it is stopped or killed. */
import { appendFileSync } from 'node:fs';
import type { LeaseDriver } from '@quality-hub/protocol';
import { waitForLease } from './lease-work.ts';

const [module = '', location = '', task = '', name = '', times = '0', log = ''] = process.argv.slice(2);
const { openLeases } = (await import(module)) as { openLeases: (location: string) => Promise<LeaseDriver> };
const leases = await openLeases(location);
const owner = { id: `${name}-${process.pid}` };
const say = (text: string): void => void process.stdout.write(`${text}\n`);

if (task === 'write') {
  // Only who holds the lease writes; so the tokens in the file are in order where two never hold at once.
  for (let done = 0; done < Number(times); done++) {
    const lease = await waitForLease(leases, [{ name: 'file' }], { owner, ttlMs: 60_000 });
    appendFileSync(log, `${lease.token} begins\n`);
    await new Promise(resolve => setTimeout(resolve, 1));
    appendFileSync(log, `${lease.token} ends\n`);
    await leases.release(lease);
  }
} else if (task === 'hold') {
  // For a time, and says so; then it asks for more, and says what it was told.
  const lease = await waitForLease(leases, [{ name: 'file' }], { owner, ttlMs: Number(times) });
  say(`holds ${lease.token}`);
  for await (const _ of process.stdin) break;
  say((await leases.renew(lease, 60_000)) === undefined ? 'lost' : 'renewed');
} else {
  // Waits for what the parent holds.
  const asked = await leases.acquire([{ name: 'file' }], { owner, ttlMs: 60_000 });
  say('waits');
  if (!asked.granted) {
    const { ticket } = asked;
    const { signal } = new AbortController();
    for await (const _ of leases.released(['file'], { signal, ticket })) {
      const again = await leases.acquire([{ name: 'file' }], { owner, ttlMs: 60_000, ...(ticket ? { ticket } : {}) });
      if (again.granted) break;
    }
  }
  say('has it');
}
await leases.close();
