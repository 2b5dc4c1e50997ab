/** Child process of a history: wants names at random, writes while it holds them, and tells what it does. */
import { type Lease, type LeaseDriver, QualityHubError } from '@quality-hub/protocol';
import { Random } from '../random.ts';
import { openPlace } from './lease-place.ts';
import type { Told } from './told-by-leasers.ts';

const [place = '', seed = '0', label = '', skewMs = '0', ttl = '500'] = process.argv.slice(2);
const random = new Random(Number(seed));
const ttlMs = Number(ttl);
/** Several names, some of them wanted together. */
const NAMES = ['tenant', 'printer', 'member-1', 'member-2'];
const PATIENCE_MS = 8_000;
const realNow = Date.now;
// A machine whose clock is wrong.
if (skewMs !== '0') Date.now = () => realNow() + Number(skewMs);

const { leases, close } = await openPlace(place);
let isOver = false;
let writes = 0;
const answers = new Map<number, (isAccepted: boolean) => void>();
process.on('message', (said: { readonly stop?: true; readonly id?: number; readonly isAccepted?: boolean }) => {
  if (said.stop) isOver = true;
  else answers.get(said.id ?? -1)?.(said.isAccepted === true);
});

// Whoever started it is gone, or it has said good-bye itself.
process.on('disconnect', () => process.exit());

/** Told before what comes next is done. */
const tell = (told: Told): Promise<void> =>
  new Promise(resolve => {
    process.send?.(told, undefined, {}, () => resolve());
  });
const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

await tell({ type: 'ready' });
while (!isOver) {
  const count = random.integer(1, 2);
  const names = [...NAMES].sort(() => random.next01() - 0.5).slice(0, count);
  try {
    const lease = await waitFor(leases, names);
    if (lease) await use(leases, lease, names);
  } catch (error) {
    if (error instanceof QualityHubError && /^QH_STATE_(?:UNREACHABLE|BUSY)$/.test(error.code)) {
      await tell({ type: 'failed', code: error.code });
    } else {
      await tell({ type: 'error', text: String((error as Error).stack ?? error) });
    }
  }
  await pause(random.integer(0, 20));
}
await close();
process.disconnect();

async function waitFor(driver: LeaseDriver, names: readonly string[]): Promise<Lease | undefined> {
  const owner = { id: `${label}-${random.integer(0, 2 ** 30)}` };
  const claims = names.map(name => ({ name }));
  const deadline = performance.now() + PATIENCE_MS;
  let ticket: string | undefined;
  for (;;) {
    const answer = await driver.acquire(claims, { owner, ttlMs, ...(ticket === undefined ? {} : { ticket }) });
    if (answer.granted) {
      const { id, token, grantedAt, expiresAt } = answer.lease;
      await tell({ type: 'granted', ticket: ticket ?? id, names, token, grantedAt, expiresAt });
      return answer.lease;
    }
    if (ticket === undefined && answer.ticket !== undefined) {
      await tell({ type: 'queued', ticket: answer.ticket, names });
    }
    ticket = answer.ticket ?? '';
    if (isOver || performance.now() > deadline) {
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
  for (let left = random.integer(1, 8); left > 0; left--) {
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

async function write(name: string, token: number): Promise<boolean> {
  const id = ++writes;
  const answer = new Promise<boolean>(resolve => answers.set(id, resolve));
  await tell({ type: 'write', id, name, token });
  const isAccepted = await answer;
  answers.delete(id);
  return isAccepted;
}
