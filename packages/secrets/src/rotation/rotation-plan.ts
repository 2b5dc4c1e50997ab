/** Whether the time of a secret has come. */
import { ageDaysOf } from '../care/secret-care.ts';
import type { SecretFacts } from '../secrets.ts';

export interface RotationPlan {
  readonly everyDays: number;
  /** `ageless`: the store does not tell when it got the value, so nobody knows. */
  readonly state: 'due' | 'young' | 'ageless';
  readonly ageDays?: number;
}

/** @param facts Of a secret that was read. Undefined without a schedule. */
export function rotationPlan(facts: SecretFacts, now: number): RotationPlan | undefined {
  const { rotateEveryDays: everyDays } = facts;
  if (everyDays === undefined) return undefined;
  const ageDays = ageDaysOf(facts, now);
  if (ageDays === undefined) return { everyDays, state: 'ageless' };
  return { everyDays, ageDays, state: ageDays >= everyDays ? 'due' : 'young' };
}
