/** What a pool says when it cannot lend: why it never can, that it is too small, and who has its members. */
import { closestName } from '@quality-hub/protocol';
import { ownerWords, PoolEmptyError, PoolTimeoutError, type ToldHolder } from '../locks/errors.ts';
import { isWanted, lackWords, type NamedMember, selectionWords } from './pool-members.ts';
import { poolPrefix, type Quarantined } from './pool-notes.ts';
import type { PoolParts } from './pool-parts.ts';
import type { Wait } from './pool-queue.ts';

const STARVED_MS = 10_000;
const SHOWN = 20;

interface Hopes {
  readonly pool: string;
  readonly members: readonly NamedMember<object>[];
  readonly bad: ReadonlyMap<string, Quarantined>;
  readonly canGrow: boolean;
}

/** @throws {PoolEmptyError} (`QH_POOL_EMPTY`) where waiting is of no use. */
export function refuseHopeless({ selection }: Wait, { pool, members, bad, canGrow }: Hopes): void {
  const wanted = members.filter(one => isWanted(selection, one));
  if (canGrow || wanted.some(({ name }) => !bad.has(name))) return;
  if (wanted.length > 0) {
    const reasons = wanted.map(({ name }) => `${name} until ${bad.get(name)?.until}: ${bad.get(name)?.reason}`);
    throw new PoolEmptyError(pool, `${selectionWords(selection)} is kept back (${reasons.join('; ')})`);
  }
  const isByLabel = selection.member === undefined;
  const known = isByLabel ? [...new Set(members.flatMap(({ labels }) => labels))] : members.map(({ name }) => name);
  const meant = closestName(selection.member ?? selection.labels[0] ?? '', known);
  const there =
    members.length === 0
      ? 'it has no members at all'
      : `there is ${known.slice(0, SHOWN).join(', ') || 'none with a label'}`;
  const words = `nothing is ${selectionWords(selection)}`;
  throw new PoolEmptyError(pool, `${words}${meant === undefined ? '' : `; did you mean ${meant}?`}; ${there}`);
}

/** Tells once that fewer members are well than there should be. */
export function tellShort(
  { told, borrower }: Wait,
  { pool, usable, min }: { pool: string; usable: number; min: number },
): void {
  if (usable >= min || told.has('short')) return;
  told.add('short');
  borrower.observe?.({ kind: 'note', name: 'pool.short', data: { pool, usable, min } });
}

/** Tells once that somebody waits for long. */
export function tellStarved(
  { told, beganAt, borrower, heldBy }: Wait,
  {
    rules,
    clock,
    name,
  }: Pick<PoolParts<never>, 'clock' | 'name'> & { readonly rules: { readonly starvedMs?: number } },
): void {
  const waitedMs = Math.round(clock.now() - beganAt);
  if (told.has('starved') || waitedMs < (rules.starvedMs ?? STARVED_MS)) return;
  told.add('starved');
  const holder = heldBy === undefined ? {} : { holder: ownerWords(heldBy) };
  borrower.observe?.({ kind: 'note', name: 'pool.starved', data: { pool: name, waitedMs, ...holder } });
}

/** The error for somebody whose time is over, and its evidence. */
export async function poolTimeout(
  { selection, beganAt, borrower, atDoor }: Wait,
  { leases, clock, name, now }: Pick<PoolParts<never>, 'leases' | 'clock' | 'name' | 'now'>,
): Promise<PoolTimeoutError> {
  const waitedMs = clock.now() - beganAt;
  const prefix = poolPrefix(name);
  const table = await leases.table(prefix).catch(() => ({ leases: [], waiters: [] }));
  const membersOf = (claims: readonly { readonly name: string }[]): string[] =>
    claims.flatMap(claim =>
      claim.name.startsWith(`${prefix}member/`)
        ? [decodeURIComponent(claim.name.slice(`${prefix}member/`.length))]
        : [],
    );
  // By the clock of the driver, of which the newest instant is known.
  const newest = Math.max(now(), ...table.leases.map(({ grantedAt }) => grantedAt));
  const holders = table.leases.flatMap(({ claims, owner, grantedAt }): ToldHolder[] => {
    const names = membersOf(claims);
    return names.length === 0 ? [] : [{ names, owner, forMs: newest - grantedAt }];
  });
  const queued = [...table.waiters, ...table.leases].filter(({ claims }) =>
    claims[0]?.name.startsWith(`${prefix}door/`),
  );
  const waiting = queued.filter(({ owner }) => owner.id !== atDoor.id).length;
  const error = new PoolTimeoutError(name, { waitedMs, holders, waiting, lacked: lackWords(selection) });
  const others = holders.filter(({ owner }) => owner.id !== borrower.owner.id);
  const first = (others[0] ?? holders[0])?.owner;
  borrower.history?.add({ event: 'timeout', names: [name], owner: borrower.owner, detail: error.message });
  borrower.observe?.({
    kind: 'lease',
    resource: name,
    outcome: 'timeout',
    waitedMs: Math.round(waitedMs),
    ...(first === undefined ? {} : { holder: ownerWords(first) }),
    ...(first?.test === undefined ? {} : { other: first.test }),
    ...(holders.length > 0 && others.length === 0 ? { hadItself: true } : {}),
    detail: error.message,
  });
  return error;
}
