/** Child process of a history: borrows members of a pool at random, writes to them, and gives them back, or keeps bad ones back. */
import { isQualityHubError } from '@quality-hub/protocol';
import { type BorrowedPools, type LendOptions, PoolNotes } from '@quality-hub/state/sharing';
import { beginChild, pause } from './history-child.ts';
import { memberLease, openPool, POOL, type PoolSettings } from './pool-place.ts';
import { SAID } from './pool-rules.ts';
import { toldLeases, toldMarks } from './told-drivers.ts';

const PATIENCE_MS = 8_000;

const child = await beginChild();
const { random, label, ttlMs, over, tell, write } = child;
const settings = JSON.parse(child.given) as PoolSettings;
const leases = toldLeases(child.place.leases, tell);
const store = toldMarks(child.place.store, `pool/${POOL}/bad/`, tell);
const borrow = openPool({ leases, store }, settings, {
  ttlMs,
  check: () => (random.chance(0.03) ? `${SAID} by its check` : true),
  reset: async ({ name }) => {
    await tell({ type: 'reset', name: String(name) });
    await pause(random.integer(0, 5));
  },
});
const notes = new PoolNotes(store, POOL);
let borrowed = 0;

await child.repeat(async () => {
  if (random.chance(0.1)) await notes.pardon(random.pick(settings.members).name);
  const pools = borrow({ owner: { id: `${label}-${++borrowed}`, label } });
  try {
    await useOne(pools);
  } catch (error) {
    if (over.aborted && error === over.reason) return;
    if (isQualityHubError(error) && error.code === 'QH_POOL_TIMEOUT') await tell({ type: 'gave-up', ticket: '' });
    else if (isQualityHubError(error) && error.code === 'QH_POOL_EMPTY') {
      await tell({ type: 'failed', code: error.code });
      for (const { name } of settings.members) await notes.pardon(name);
    } else throw error;
  } finally {
    await pools.close();
  }
});

async function useOne(pools: BorrowedPools): Promise<void> {
  const { lease } = await pools.lease(POOL, { ...wish(), waitMs: PATIENCE_MS, signal: over });
  const { member, token } = lease;
  await tell({ type: 'lent', name: member, token });
  // Some do not look whether they still have what they write to: only the token stops them.
  const isRude = random.chance(0.3);
  for (let left = random.integer(1, 8); left > 0; left--) {
    if (!isRude && !lease.isHeld) return tell({ type: 'lost', token });
    await write(memberLease(member), token);
    await pause(random.integer(1, 40));
  }
  if (random.chance(0.1)) await lease.quarantine(`${SAID} by ${label} for ${borrowed}`);
}

function wish(): LendOptions {
  if (random.chance(0.4)) return {};
  if (random.chance(0.2)) return { member: random.pick(settings.members).name };
  const labels = [...new Set(settings.members.flatMap(member => member.labels))];
  return labels.length === 0 ? {} : { label: random.pick(labels) };
}
