/** Finds owners who wait for each other in a circle. */
import type { LeaseOwner } from '@quality-hub/protocol';
import { type Obstacle, obstaclesOf, type QueuedWish, type Standing } from './standing.ts';

/**
 * The circle that goes through `owner`, this one first; undefined where somebody can still go on.
 *
 * By reduction: who does not wait will let go of everything; whoever can go on when those are gone will do so too. Those who
 * are left can only go on when one of them gives up. An owner is one caller: it goes on when all that it waits for is there.
 */
export function findDeadlock(
  owner: LeaseOwner,
  waiters: readonly QueuedWish[],
  standing: Standing,
): readonly LeaseOwner[] | undefined {
  // A circle needs somebody who holds and waits.
  if (!waiters.some(waiter => hasAny(standing.leasesOf(waiter.owner.id)))) return undefined;
  const waits = new Map<string, Obstacle[]>();
  for (const waiter of waiters) {
    const known = waits.get(waiter.owner.id) ?? [];
    waits.set(waiter.owner.id, [...known, ...obstaclesOf(waiter, standing)]);
  }
  const stuck = stuckOwners(waits);
  return stuck.has(owner.id) ? circleThrough(owner, waits, stuck) : undefined;
}

function stuckOwners(waits: ReadonlyMap<string, readonly Obstacle[]>): ReadonlySet<string> {
  const stuck = new Set(waits.keys());
  const canGoOn = (obstacle: Obstacle): boolean => {
    const going = ownersIn(obstacle).filter(({ id }) => !stuck.has(id)).length;
    return going >= obstacle.mustGo;
  };
  for (let before = -1; before !== stuck.size; ) {
    before = stuck.size;
    for (const id of stuck) if (waits.get(id)?.every(canGoOn)) stuck.delete(id);
  }
  return stuck;
}

/** The shortest way back, by breadth. */
function circleThrough(
  owner: LeaseOwner,
  waits: ReadonlyMap<string, readonly Obstacle[]>,
  stuck: ReadonlySet<string>,
): readonly LeaseOwner[] | undefined {
  const seen = new Set<string>();
  let paths: (readonly LeaseOwner[])[] = [[owner]];
  while (paths.length > 0) {
    const longer: (readonly LeaseOwner[])[] = [];
    for (const path of paths) {
      for (const next of (waits.get(path.at(-1)?.id ?? '') ?? []).flatMap(ownersIn)) {
        if (next.id === owner.id) return path;
        if (!stuck.has(next.id) || seen.has(next.id)) continue;
        seen.add(next.id);
        longer.push([...path, next]);
      }
    }
    paths = longer;
  }
  return undefined;
}

function ownersIn({ leases, waiters }: Obstacle): readonly LeaseOwner[] {
  return [...leases, ...waiters].map(({ owner }) => owner);
}

function hasAny(things: Iterable<unknown>): boolean {
  for (const _ of things) return true;
  return false;
}
