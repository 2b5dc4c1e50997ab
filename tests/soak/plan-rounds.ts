/** Which rounds a soak has, in which order. */
import type { Options } from './options.ts';
import { SEED_LIMIT } from './random.ts';
import type { Kind } from './round.ts';

export interface PlannedRound {
  readonly kind: Kind;
  readonly seed: number;
}

/** Kinds take turns, so that a soak that is cut short has some of each. The first seed of each kind is the given one. */
export function planRounds(kinds: readonly Kind[], { kills, rounds, only, seed }: Options): readonly PlannedRound[] {
  const killKinds = kinds.filter(({ isKill }) => isKill);
  const wanted = new Map<Kind, number>();
  for (const kind of kinds) {
    if (only !== undefined) wanted.set(kind, kind.name === only ? rounds : 0);
    else if (!kind.isKill) wanted.set(kind, rounds);
    else wanted.set(kind, share(kills, killKinds.length, killKinds.indexOf(kind)));
  }
  const most = Math.max(0, ...wanted.values());
  const planned: (PlannedRound & { readonly at: number })[] = [];
  for (const [kind, count] of wanted) {
    for (let index = 0; index < count; index++) {
      // Spread over the whole soak, whatever number of rounds a kind has.
      planned.push({ kind, seed: (seed + index) % SEED_LIMIT, at: (index / count) * most });
    }
  }
  return planned.sort((a, b) => a.at - b.at);
}

/** `total` in `parts`, the first ones larger by one where it does not divide. */
function share(total: number, parts: number, index: number): number {
  return Math.floor(total / parts) + (index < total % parts ? 1 : 0);
}
