/** Rounds of random histories of a pool. */
import { fileURLToPath } from 'node:url';
import { PoolNotes } from '@quality-hub/state/sharing';
import type { Random } from '../random.ts';
import type { Kind } from '../round.ts';
import type { History } from './history-rules.ts';
import type { Subject } from './lease-history.ts';
import type { OpenPlace } from './lease-place.ts';
import { historiesRound } from './lease-round.ts';
import { openPool, POOL, type PoolSettings, poolSettings } from './pool-place.ts';
import { brokenPoolRules, keptBackAtEnd } from './pool-rules.ts';

const CHILD = fileURLToPath(new URL('./borrower-child.ts', import.meta.url));
/** A machine that is busy may be ten times as slow. */
const WAIT_MS = 60_000;

export const POOLS: Kind = {
  name: 'pools',
  what: 'processes that borrow members of a pool are stopped and killed, and their Redis is lost, restarted, fails over; tests planned are leases',
  isKill: false,
  run: place => historiesRound(place, poolSubject),
};

export function poolSubject(random: Random): Subject {
  const settings = poolSettings(random);
  return {
    child: CHILD,
    args: [JSON.stringify(settings)],
    broken: async (history, place) => [
      ...brokenPoolRules(history, settings),
      ...(await lostMembers(history, settings, place)),
    ],
  };
}

/** At the end every member is kept back as it was said, or lent again. */
async function lostMembers(history: History, settings: PoolSettings, place: OpenPlace): Promise<readonly string[]> {
  const { bad } = await new PoolNotes(place.store, POOL).read();
  const pools = openPool(place, settings, {})({ owner: { id: 'end' } });
  const broken = settings.members.map(async ({ name: member }): Promise<readonly string[]> => {
    const [expected, told] = [keptBackAtEnd(history, member), bad.get(member)];
    if (expected && expected.reason !== told?.reason) {
      return [`${member} is kept back for ${told?.reason}, it should be ${expected.reason}`];
    }
    if (told) return [];
    return pools.lease(POOL, { member, waitMs: WAIT_MS }).then(
      () => [],
      error => [`${member} is lost: ${String(error)}`],
    );
  });
  const all = await Promise.all(broken);
  await pools.close();
  return all.flat();
}
