/** The table of leases in the words of those who took them: which lock, which member, which work; who has it, who waits. */
import type { KeyValueDriver, LeaseClaim, LeaseOwner, LeaseTable } from '@quality-hub/protocol';
import { readSelection, selectionWords } from '../pools/pool-members.ts';
import type { Quarantined } from '../pools/pool-notes.ts';

/** A lock has its name, a member is `pool/member`, work that is done once is `once name`. */
export interface ToldLease {
  readonly id: string;
  readonly kind: 'lock' | 'member' | 'once';
  readonly names: readonly string[];
  readonly mode: 'exclusive' | 'shared';
  readonly owner: LeaseOwner;
  readonly token: number;
  /** ISO 8601, by the clock of the store. */
  readonly since: string;
  readonly until: string;
}

export interface ToldWaiter {
  /** What is waited for: names, or `cashiers: any member`. */
  readonly names: readonly string[];
  readonly owner: LeaseOwner;
  readonly since: string;
}

export interface ToldTable {
  readonly leases: readonly ToldLease[];
  /** In the order of their turns. */
  readonly waiters: readonly ToldWaiter[];
}

export interface QuarantinedMember extends Quarantined {
  readonly pool: string;
  readonly member: string;
}

interface Told {
  readonly kind: ToldLease['kind'] | 'queue';
  readonly name: string;
}

/** What other parts keep in the same table, such as who is alive, is left out. */
export function toldTable({ leases, waiters }: LeaseTable): ToldTable {
  const queue = [
    ...leases.flatMap(({ claims, owner, grantedAt }) => {
      // Who is at the head of the queue of a pool holds its door, and waits for a member.
      const names = toldClaims(claims).flatMap(({ kind, name }) => (kind === 'queue' ? [name] : []));
      return names.length === 0 ? [] : [{ names, owner, since: isoOf(grantedAt) }];
    }),
    ...waiters.flatMap(({ claims, owner, since }) => {
      // Whoever is at the door has places before members as well.
      const names = toldClaims(claims).flatMap(({ kind, name }) => (kind === 'member' ? [] : [name]));
      return names.length === 0 ? [] : [{ names, owner, since: isoOf(since) }];
    }),
  ];
  const held = leases.flatMap(({ id, claims, owner, token, grantedAt, expiresAt }): ToldLease[] => {
    const told = toldClaims(claims).filter(({ kind }) => kind !== 'queue');
    const [first] = told;
    if (first === undefined || first.kind === 'queue') return [];
    const mode = claims.every(claim => claim.mode === 'shared') ? 'shared' : 'exclusive';
    const names = told.map(({ name }) => name);
    return [{ id, kind: first.kind, names, mode, owner, token, since: isoOf(grantedAt), until: isoOf(expiresAt) }];
  });
  return { leases: held, waiters: queue };
}

/** Members that are kept back, of all pools. */
export async function quarantinedMembers(store: KeyValueDriver): Promise<readonly QuarantinedMember[]> {
  const entries = await store.list('pool/');
  return entries.flatMap(({ key, value }) => {
    const [, pool = '', kind, member = ''] = key.split('/');
    if (kind !== 'bad') return [];
    return [
      { pool: decodeURIComponent(pool), member: decodeURIComponent(member), ...(JSON.parse(value) as Quarantined) },
    ];
  });
}

function toldClaims(claims: readonly LeaseClaim[]): readonly Told[] {
  return claims.flatMap(({ name }) => toldName(name) ?? []);
}

function toldName(name: string): Told | undefined {
  const [area, ...rest] = name.split('/');
  if (area === 'lock') return { kind: 'lock', name: rest.join('/') };
  if (area === 'once') return { kind: 'once', name: `once ${rest.slice(1).join('/')}` };
  if (area !== 'pool') return undefined;
  const [pool = '', kind, last = ''] = rest.map(part => decodeURIComponent(part));
  if (kind === 'member') return { kind: 'member', name: `${pool}/${last}` };
  const selection = kind === 'door' ? readSelection(rest[2] ?? '') : undefined;
  return selection && { kind: 'queue', name: `${pool}: ${selectionWords(selection)}` };
}

function isoOf(at: number): string {
  return new Date(at).toISOString();
}
