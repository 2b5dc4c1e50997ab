/** What claims, owners and lifetimes of leases may be: the same in every driver. */
import { type AcquireLease, type LeaseClaim, OptionError } from '@quality-hub/protocol';
import { keyProblems } from '../entry-rules.ts';

/** Most names that one lease may hold. */
export const CLAIM_LIMIT = 64;
const PERMITS_LIMIT = 100_000;

/** A claim with nothing left open. */
export type FullClaim =
  | { readonly name: string; readonly mode: 'exclusive'; readonly permits: number }
  | { readonly name: string; readonly mode: 'shared' };

/**
 * The claims in the order of their names, so that the same wish is always the same text.
 *
 * @throws {OptionError} (`QH_OPTION`) that names every problem.
 */
export function checkAcquire(claims: readonly LeaseClaim[], options: AcquireLease): readonly FullClaim[] {
  const { owner, ttlMs, ticket, tryOnce } = options;
  const problems = claims.flatMap(claimProblems);
  if (claims.length === 0 || claims.length > CLAIM_LIMIT) {
    problems.push(`there are ${claims.length} claims, expected 1 to ${CLAIM_LIMIT}`);
  }
  const twice = claims.find(({ name }, index) => claims.findIndex(other => other.name === name) !== index);
  if (twice) problems.push(`${JSON.stringify(twice.name)} is claimed twice`);
  if (typeof owner?.id !== 'string' || owner.id === '') problems.push('owner.id is missing');
  if (ticket !== undefined && tryOnce) problems.push('tryOnce does not queue, so it has no ticket');
  if (ticket !== undefined && !isId(ticket)) problems.push(`ticket is ${JSON.stringify(ticket)}, which none is`);
  refuse(claims, [...problems, ...ttlProblems(ttlMs)]);
  return claims.map(full).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Whether a lease or a place in a queue can have it: a driver gives them. */
export function isId(id: string): boolean {
  return /^[\w-]{1,100}$/.test(id);
}

/** @throws {OptionError} (`QH_OPTION`) */
export function checkTtl(ttlMs: number): void {
  refuse([], ttlProblems(ttlMs));
}

/** @throws {OptionError} (`QH_OPTION`) if others say another number. */
export function checkPermits(claims: readonly FullClaim[], saidOn: (name: string) => Iterable<FullClaim>): void {
  const problems: string[] = [];
  for (const claim of claims) {
    if (claim.mode === 'shared') continue;
    for (const said of saidOn(claim.name)) {
      if (said.mode === 'shared' || said.permits === claim.permits) continue;
      problems.push(permitsProblem(claim.name, claim.permits, said.permits));
      break;
    }
  }
  refuse(claims, problems);
}

export function permitsProblem(name: string, permits: number, others: number): string {
  return `${JSON.stringify(name)} has ${permits} permits here, and ${others} for those who hold it or wait for it: all must say the same`;
}

/** @throws {OptionError} (`QH_OPTION`) if a ticket is used for other claims than it was given for. */
export function checkTicket(claims: readonly FullClaim[], queued: readonly LeaseClaim[]): void {
  if (JSON.stringify(claims) === JSON.stringify(queued)) return;
  refuse(claims, [`the ticket is one for ${queued.map(({ name }) => JSON.stringify(name)).join(', ')}`]);
}

function full({ name, mode = 'exclusive', permits = 1 }: LeaseClaim): FullClaim {
  return mode === 'shared' ? { name, mode } : { name, mode, permits };
}

function claimProblems({ name, mode, permits }: LeaseClaim): string[] {
  const problems = keyProblems('name', name);
  const of = JSON.stringify(name);
  if (mode !== undefined && mode !== 'exclusive' && mode !== 'shared') {
    problems.push(`mode of ${of} is ${JSON.stringify(mode)}, expected 'exclusive' or 'shared'`);
  }
  if (permits === undefined) return problems;
  if (mode === 'shared') problems.push(`${of} is shared and has permits, which are for exclusive claims`);
  if (!Number.isSafeInteger(permits) || permits < 1 || permits > PERMITS_LIMIT) {
    problems.push(`permits of ${of} is ${permits}, expected 1 to ${PERMITS_LIMIT}`);
  }
  return problems;
}

function ttlProblems(ttlMs: number): string[] {
  if (Number.isFinite(ttlMs) && ttlMs > 0) return [];
  return [`ttlMs is ${ttlMs}, expected a number of milliseconds above 0`];
}

function refuse(claims: readonly LeaseClaim[], problems: readonly string[]): void {
  if (problems.length === 0) return;
  const names = claims.map(({ name }) => JSON.stringify(String(name).slice(0, 60))).slice(0, 5);
  throw new OptionError(`lease ${names.join(', ')}`.trimEnd(), problems);
}
