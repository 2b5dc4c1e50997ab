/** Child process of a history: wants names at random, writes while it holds them, and tells what it does. */
import type { Lease, LeaseDriver } from '@quality-hub/protocol';
import { beginChild, pause } from './history-child.ts';
import { clockMs } from './told-by-leasers.ts';

/** Several names, some of them wanted together. */
const NAMES = ['tenant', 'printer', 'member-1', 'member-2'];
const PATIENCE_MS = 8_000;

const { place, random, label, ttlMs, over, tell, write, repeat } = await beginChild();

await repeat(async () => {
  const count = random.integer(1, 2);
  const names = [...NAMES].sort(() => random.next01() - 0.5).slice(0, count);
  const lease = await waitFor(place.leases, names);
  if (lease) await use(place.leases, lease, names);
});

async function waitFor(driver: LeaseDriver, names: readonly string[]): Promise<Lease | undefined> {
  const owner = { id: `${label}-${random.integer(0, 2 ** 30)}` };
  const claims = names.map(name => ({ name }));
  const cameAtMs = clockMs();
  let ticket: string | undefined;
  for (;;) {
    const answer = await driver.acquire(claims, { owner, ttlMs, ...(ticket === undefined ? {} : { ticket }) });
    if (answer.granted) {
      const { id, token, grantedAt, expiresAt } = answer.lease;
      await tell({ type: 'granted', ticket: ticket ?? id, names, token, grantedAt, expiresAt });
      return answer.lease;
    }
    if (ticket === undefined && answer.ticket !== undefined) {
      await tell({ type: 'queued', ticket: answer.ticket, names, cameAtMs });
    }
    ticket = answer.ticket ?? '';
    if (over.aborted || clockMs() > cameAtMs + PATIENCE_MS) {
      await tell({ type: 'gave-up', ticket });
      await driver.cancel(ticket);
      return undefined;
    }
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), Math.min(answer.againInMs, ttlMs / 4));
    for await (const _ of driver.released(names, { signal: stop.signal, ticket })) break;
    clearTimeout(timer);
    stop.abort();
  }
}

async function use(driver: LeaseDriver, lease: Lease, names: readonly string[]): Promise<void> {
  let renewedAt = performance.now();
  // Some do not look whether they still hold what they write to: only the token stops them.
  const isRude = random.chance(0.3);
  // Some hold it for long: so a server is lost while they do.
  const turns = random.chance(0.15) ? 40 : random.integer(1, 8);
  for (let left = turns; left > 0; left--) {
    for (const name of names) await write(name, lease.token);
    await pause(random.integer(1, 40));
    if (isRude || performance.now() - renewedAt < ttlMs / 3) continue;
    const renewed = await driver.renew(lease, ttlMs);
    if (!renewed) return tell({ type: 'lost', token: lease.token });
    renewedAt = performance.now();
    await tell({ type: 'renewed', token: lease.token, expiresAt: renewed.expiresAt });
  }
  await tell({ type: 'releasing', token: lease.token });
  await driver.release(lease);
}
