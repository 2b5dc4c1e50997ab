/** Who holds and who waits, and whether a wish can be granted beside them. Pure: every driver judges by it. */
import type { Lease, LeaseOwner, LeaseWaiter } from '@quality-hub/protocol';
import type { FullClaim } from './claim-rules.ts';

export interface HeldLease extends Lease {
  readonly claims: readonly FullClaim[];
}

export interface QueuedWish extends LeaseWaiter {
  readonly claims: readonly FullClaim[];
  /** Its place: who came first has the smaller number. */
  readonly turn: number;
  /** When the place is given up, where nobody asks for it again. */
  readonly expiresAt: number;
  /** Where its process hears that its turn may have come. */
  readonly bell?: string;
}

/** What a driver can look up. All of it is alive. */
export interface Standing {
  leasesOn(name: string): Iterable<HeldLease>;
  /** In the order of their turns. */
  waitersOn(name: string): Iterable<QueuedWish>;
  leasesOf(ownerId: string): Iterable<HeldLease>;
}

export interface Wish {
  readonly owner: LeaseOwner;
  readonly claims: readonly FullClaim[];
  /** `Infinity` for one that is not in the queue. */
  readonly turn: number;
}

export interface InTheWay {
  readonly leases: readonly HeldLease[];
  readonly waiters: readonly QueuedWish[];
}

/** What stands against one claim of a wish. */
export interface Obstacle extends InTheWay {
  /** So many of `leases` and `waiters` together have to go first. */
  readonly mustGo: number;
}

/**
 * What stands against each claim; nothing: the wish can be granted.
 *
 * Whoever waits in front counts as a holder: so each name is given in the order of asking, also where a lease has several
 * names. One exception keeps the queue itself from being a deadlock: who waits for something that the owner of the wish
 * holds does not stand before that owner.
 */
export function obstaclesOf(wish: Wish, standing: Standing): readonly Obstacle[] {
  return wish.claims.flatMap(claim => obstacleOf(claim, wish, standing) ?? []);
}

export function canBeGranted(wish: Wish, standing: Standing): boolean {
  return wish.claims.every(claim => obstacleOf(claim, wish, standing, { isFirstEnough: true }) === undefined);
}

export function inTheWay(obstacles: readonly Obstacle[]): InTheWay {
  return {
    leases: [...new Set(obstacles.flatMap(({ leases }) => leases))],
    waiters: [...new Set(obstacles.flatMap(({ waiters }) => waiters))],
  };
}

/** The tickets of all who wait for one of `names` and can be granted now. */
export function whoseTurn(names: Iterable<string>, standing: Standing): readonly QueuedWish[] {
  const found = new Set<QueuedWish>();
  for (const name of names) {
    for (const waiter of standing.waitersOn(name)) {
      if (!canBeGranted(waiter, standing)) continue;
      found.add(waiter);
      // Nobody behind it can have this name beside it, and nobody may overtake one who can go on.
      const claim = claimOn(name, waiter);
      if (claim?.mode === 'exclusive' && claim.permits === 1) break;
    }
  }
  return [...found];
}

function obstacleOf(
  claim: FullClaim,
  wish: Wish,
  standing: Standing,
  { isFirstEnough = false } = {},
): Obstacle | undefined {
  const leases: HeldLease[] = [];
  const waiters: QueuedWish[] = [];
  let shared = 0;
  let exclusive = 0;
  const take = (other: FullClaim | undefined): boolean => {
    if (other === undefined || (other.mode === 'shared' && claim.mode === 'shared')) return false;
    if (other.mode === 'shared') shared++;
    else exclusive++;
    return true;
  };
  const mustGo = (): number =>
    shared + (claim.mode === 'shared' ? exclusive : Math.max(0, exclusive - claim.permits + 1));
  for (const lease of standing.leasesOn(claim.name)) if (take(claimOn(claim.name, lease))) leases.push(lease);
  for (const waiter of standing.waitersOn(claim.name)) {
    if (waiter.turn >= wish.turn || (isFirstEnough && mustGo() > 0)) break;
    if (!isOvertaken(waiter, wish, standing) && take(claimOn(claim.name, waiter))) waiters.push(waiter);
  }
  return mustGo() === 0 ? undefined : { leases, waiters, mustGo: mustGo() };
}

function isOvertaken(waiter: QueuedWish, wish: Wish, standing: Standing): boolean {
  for (const lease of standing.leasesOf(wish.owner.id)) {
    if (lease.claims.some(held => excludes(held, claimOn(held.name, waiter)))) return true;
  }
  return false;
}

/** Both cannot be held at once, whoever else holds. */
function excludes(held: FullClaim, wanted: FullClaim | undefined): boolean {
  if (wanted === undefined || (held.mode === 'shared' && wanted.mode === 'shared')) return false;
  return held.mode === 'shared' || wanted.mode === 'shared' || wanted.permits === 1;
}

function claimOn(name: string, { claims }: { readonly claims: readonly FullClaim[] }): FullClaim | undefined {
  return claims.find(claim => claim.name === name);
}
