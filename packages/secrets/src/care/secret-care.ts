/** Whether somebody looks after a secret: who owns it, and whether it was changed in time. */
import type { SecretFacts } from '../secrets.ts';

/** As `quality-hub scan --compliance` knows them. */
export type CareRule = 'secret-without-owner' | 'secret-too-old';

export interface CareFinding {
  readonly rule: CareRule;
  readonly secret: string;
  /** Without its name: `has no owner`. */
  readonly message: string;
}

const DAY_MS = 24 * 60 * 60 * 1_000;

/** Whole days since the store got the value; undefined where the store does not tell, or nothing was read. */
export function ageDaysOf({ createdAt }: Pick<SecretFacts, 'createdAt'>, now: number): number | undefined {
  const at = createdAt === undefined ? Number.NaN : Date.parse(createdAt);
  return Number.isNaN(at) ? undefined : Math.max(0, Math.floor((now - at) / DAY_MS));
}

/** @param facts Of a secret that was read: nothing else has an age. */
export function careFindings(facts: SecretFacts, now: number): readonly CareFinding[] {
  return [...ownerFindings(facts), ...ageFindings(facts, now)];
}

export function ownerFindings({ name: secret, owner }: Pick<SecretFacts, 'name' | 'owner'>): readonly CareFinding[] {
  return owner === undefined ? [{ rule: 'secret-without-owner', secret, message: 'has no owner' }] : [];
}

/** A limit that nobody can tell is kept counts as one that is not. */
function ageFindings(facts: SecretFacts, now: number): readonly CareFinding[] {
  const { name: secret, maxAgeDays: most, version } = facts;
  if (most === undefined || version === 'default') return [];
  const age = ageDaysOf(facts, now);
  if (age !== undefined && age <= most) return [];
  const message =
    age === undefined
      ? `may be older than ${days(most)}: its store does not tell`
      : `is older than ${days(most)}: it is of ${facts.createdAt?.slice(0, 10)}, ${days(age)} ago`;
  return [{ rule: 'secret-too-old', secret, message }];
}

export function days(count: number): string {
  return count === 1 ? '1 day' : `${count} days`;
}
