/** Which free member is tried first. Pure: the same view gives the same order. */
import { isWanted, type NamedMember, type Selection } from './pool-members.ts';
import type { PoolStrategy } from './pool-options.ts';

/** Somebody at the head of a queue of this pool. */
export interface Head {
  readonly selection: Selection;
  /** By the clock of the driver. */
  readonly since: number;
}

export interface PoolView {
  /** All that could be lent, in their order; those that are kept back are not in it. */
  readonly usable: readonly Pick<NamedMember<object>, 'name' | 'labels'>[];
  readonly taken: ReadonlySet<string>;
  /** Heads of the queues of other selections that came before. */
  readonly earlier: readonly Head[];
  /** Token of the lease by which a member was lent last. */
  readonly lastLent: ReadonlyMap<string, number>;
}

export interface Choice {
  readonly strategy: PoolStrategy;
  /** What this worker had before. */
  readonly own: string | undefined;
  /** From 0 to 1, exclusive; of `random`. */
  readonly random: () => number;
}

/**
 * Names of free members in the order in which to try them. A member stays for whoever came earlier and can use it: each
 * selection has a queue of its own, and together they are served in the order in which their heads came.
 */
export function membersToTry(selection: Selection, view: PoolView, choice: Choice): readonly string[] {
  const { usable, taken, earlier } = view;
  let free = usable.filter(({ name }) => !taken.has(name));
  for (const head of [...earlier].sort((a, b) => a.since - b.since)) {
    const matching = free.filter(one => isWanted(head.selection, one));
    // They will take the one with the fewest labels that fits: what is rare is left for those who need it.
    const theirs = matching.sort((a, b) => a.labels.length - b.labels.length)[0];
    free = free.filter(one => one !== theirs);
  }
  const matching = free.filter(one => isWanted(selection, one)).map(({ name }) => name);
  return inOrder(
    matching,
    usable.map(({ name }) => name),
    view.lastLent,
    choice,
  );
}

function inOrder(
  free: readonly string[],
  all: readonly string[],
  lastLent: ReadonlyMap<string, number>,
  { strategy, own, random }: Choice,
): readonly string[] {
  const rested = (name: string): number => lastLent.get(name) ?? 0;
  if (strategy === 'random') return shuffled(free, random);
  if (strategy === 'least-recently-used') return [...free].sort((a, b) => rested(a) - rested(b));
  if (strategy === 'sticky') {
    // Workers that have had none yet begin with what nobody had: each finds one of its own.
    const others = free.filter(name => name !== own).sort((a, b) => rested(a) - rested(b));
    return own !== undefined && free.includes(own) ? [own, ...others] : others;
  }
  const newest = Math.max(0, ...all.map(rested));
  const last = newest === 0 ? -1 : all.findIndex(name => rested(name) === newest);
  const distance = (name: string): number => (all.indexOf(name) - last - 1 + all.length) % all.length;
  return [...free].sort((a, b) => distance(a) - distance(b));
}

function shuffled(names: readonly string[], random: () => number): readonly string[] {
  const list = [...names];
  for (let end = list.length - 1; end > 0; end--) {
    const other = Math.floor(random() * (end + 1));
    [list[end], list[other]] = [list[other] as string, list[end] as string];
  }
  return list;
}

/** Numbers from 0 to 1 that are the same for the same text. mulberry32 by Tommy Ettinger, seeded with FNV-1a. */
export function randomOf(text: string): () => number {
  let state = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
