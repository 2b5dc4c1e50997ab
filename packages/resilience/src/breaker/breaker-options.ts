/** What opens a breaker, for how long, and what closes it again. */
import { ConsecutiveRule, ForeignRule, type TimedRule, type TripRule } from './trip-rule.ts';
import { RatioRule, type WindowOptions } from './window-rules.ts';

export interface SlowCallOptions extends WindowOptions {
  /** A call that takes longer is slow, whether it goes well or not. */
  readonly slowerThanMs: number;
}

export interface HalfOpenOptions {
  /** Calls that are let through to see whether it works again. @default 1 */
  readonly calls?: number;
  /** More than this part of them failing opens again. From 0 to under 1. @default 0 */
  readonly failures01?: number;
  /** Longest that one of them may take; then it has failed. In milliseconds. @default 5_000 */
  readonly timeoutMs?: number;
}

export interface BreakerOptions {
  /** Opens after so many failures in a row. @default 5, where no other rule is given */
  readonly consecutive?: number;
  /** Opens when too large a part fails. */
  readonly failures?: WindowOptions;
  /** Opens when too large a part is slow. */
  readonly slow?: SlowCallOptions;
  /** A rule of one's own, or one of cockatiel's: `() => new CountBreaker({ … })`. */
  readonly rule?: () => TripRule;
  /** How long it stays open, in milliseconds. @default 5_000 */
  readonly openMs?: number;
  /** Each time that a try fails it stays open twice as long, up to this. @default 60_000 */
  readonly maxOpenMs?: number;
  readonly halfOpen?: HalfOpenOptions;
  /** One breaker for each target, for each host (the target up to the first space), or one for all. @default 'target' */
  readonly per?: 'target' | 'host' | 'policy';
}

/** The rules of one breaker. Several may be given; each can open it. */
export function tripRules({ consecutive, failures, slow, rule }: BreakerOptions): readonly TimedRule[] {
  const rules: TimedRule[] = [];
  if (consecutive !== undefined) rules.push(new ConsecutiveRule(consecutive));
  if (failures) rules.push(new RatioRule(failures));
  if (slow) rules.push(new RatioRule(slow, slow.slowerThanMs));
  if (rule) rules.push(new ForeignRule(rule));
  return rules.length > 0 ? rules : [new ConsecutiveRule(5)];
}

export function needsTime({ failures, slow }: BreakerOptions): boolean {
  return slow !== undefined || failures?.overMs !== undefined;
}
