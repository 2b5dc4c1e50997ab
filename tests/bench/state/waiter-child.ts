/** Child process: several callers that want one lock again and again. Says when each got it and gave it back. */
import { waitForLease } from '@quality-hub/testkit';
import { openLeases } from './open-leases.ts';

const [place = '', name = '', callers = '1', turns = '1'] = process.argv.slice(2);
const leases = await openLeases(place);
process.stdout.write('ready\n');
for await (const _ of process.stdin) break;

/** The same clock in all processes of a machine. */
const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;
const seen: { token: number; askedAt: number; gotAt: number; gaveBackAt: number }[] = [];
await Promise.all(
  Array.from({ length: Number(callers) }, async (_, caller) => {
    for (let turn = 0; turn < Number(turns); turn++) {
      const askedAt = nowMs();
      const owner = { id: `${name}-${caller}` };
      const lease = await waitForLease(leases, [{ name: 'lock' }], { owner, ttlMs: 60_000 });
      const gotAt = nowMs();
      await new Promise(setImmediate);
      seen.push({ token: lease.token, askedAt, gotAt, gaveBackAt: nowMs() });
      await leases.release(lease);
    }
  }),
);
await leases.close();
process.stdout.write(`${JSON.stringify(seen)}\n`);
