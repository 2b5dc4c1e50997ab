/** Rounds of random histories, over SQLite and over Redis. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Random } from '../random.ts';
import { type Kind, type RoundFacts, type RoundPlace, sumFacts } from '../round.ts';
import { runHistory, type Subject } from './lease-history.ts';

/** 20 rounds of `pnpm soak` are 1,000 histories. */
const FULL = 50;
const FEW = 4;
const DURATION_MS = 2_500;
const AT_ONCE = 2;
const CHILD = fileURLToPath(new URL('./leaser-child.ts', import.meta.url));

export const LEASES: Kind = {
  name: 'leases',
  what: 'processes that lease and write are stopped and killed, and their Redis is lost, restarted, fails over; tests planned are leases',
  isKill: false,
  run: place => historiesRound(place, () => ({ child: CHILD, args: [], broken: async () => [] })),
};

export async function historiesRound(
  { dir, random, full }: RoundPlace,
  subjectOf: (random: Random) => Subject,
): Promise<RoundFacts> {
  const plans = Array.from({ length: full ? FULL : FEW }, (_, at) => ({
    random: random.branch(),
    dir: join(dir, String(at)),
    kind: at % 2 === 0 ? ('sqlite' as const) : ('redis' as const),
    durationMs: DURATION_MS,
  }));
  const all: RoundFacts[] = [];
  const next = async (): Promise<void> => {
    for (let plan = plans.shift(); plan; plan = plans.shift()) {
      const facts = await runHistory({ ...plan, subject: subjectOf(plan.random) });
      if (facts) all.push({ ...facts, broken: facts.broken.map(text => `${plan.kind}: ${text}`) });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
  return sumFacts(all);
}
