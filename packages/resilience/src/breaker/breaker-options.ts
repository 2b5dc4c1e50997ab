/** What opens a breaker, for how long, and what closes it again. */
import { ConsecutiveBreaker, CountBreaker, type IBreaker } from 'cockatiel';
import { TimeRule } from './time-rule.ts';
import { CountingRule, type TripRule } from './trip-rule.ts';

export interface WindowOptions {
  /** More than this part opens; above 0, below 1. @default 0.5 */
  readonly ratio01?: number;
  /** Looks at the last so many calls. @default 20, where `overMs` is not given */
  readonly overCalls?: number;
  /** Looks at the last so many milliseconds, in ten steps. Instead of `overCalls`. */
  readonly overMs?: number;
  /** Says nothing before it has seen so many. @default `overCalls`, or 10 */
  readonly atLeastCalls?: number;
}

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
  /** A rule of one's own: any breaker in the sense of cockatiel, made anew each time it closes. */
  readonly rule?: () => IBreaker;
  /** How long it stays open, in milliseconds. @default 5_000 */
  readonly openMs?: number;
  /** Each time that a try fails it stays open twice as long, up to this. @default 60_000 */
  readonly maxOpenMs?: number;
  readonly halfOpen?: HalfOpenOptions;
  /** One breaker for each target, for each host (the target up to the first space), or one for all. @default 'target' */
  readonly per?: 'target' | 'host' | 'policy';
}

/** The rules of one breaker. Several may be given; each can open it. */
export function tripRules({ consecutive, failures, slow, rule }: BreakerOptions): readonly TripRule[] {
  const rules: TripRule[] = [];
  if (consecutive !== undefined) rules.push(inARow(consecutive));
  if (failures) rules.push(ratioRule(failures));
  if (slow) rules.push(ratioRule(slow, slow.slowerThanMs));
  if (rule) rules.push(new CountingRule(rule, 'its own rule'));
  return rules.length > 0 ? rules : [inARow(5)];
}

function inARow(limit: number): TripRule {
  return new CountingRule(
    () => new ConsecutiveBreaker(limit),
    limit === 1 ? 'a failure' : `${limit} failures in a row`,
  );
}

function ratioRule(options: WindowOptions, slowerThanMs?: number): TripRule {
  const { ratio01 = 0.5, overCalls = 20, overMs } = options;
  const of = overMs === undefined ? `the last ${overCalls} calls` : `the calls of the last ${overMs} ms`;
  const what = slowerThanMs === undefined ? 'failed' : `took more than ${slowerThanMs} ms`;
  const words = `more than ${Math.round(ratio01 * 100)} % of ${of} ${what}`;
  if (overMs !== undefined)
    return new TimeRule({ words, ratio01, overMs, atLeastCalls: options.atLeastCalls ?? 10, slowerThanMs });
  const count = { threshold: ratio01, size: overCalls, minimumNumberOfCalls: options.atLeastCalls ?? overCalls };
  return new CountingRule(() => new CountBreaker(count), words, slowerThanMs);
}

export function needsTime({ failures, slow }: BreakerOptions): boolean {
  return slow !== undefined || failures?.overMs !== undefined;
}
