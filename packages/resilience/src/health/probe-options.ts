/** How a dependency is asked whether it is well. */
import { OptionError } from '@quality-hub/protocol';
import type { HealthState } from './health-board.ts';

/** Nothing said means healthy; thrown means down. */
export type Probe = (
  signal: AbortSignal,
) => Promise<{ readonly state: HealthState; readonly detail?: string | undefined } | undefined | void>;

export interface ProbeOptions {
  readonly probe: Probe;
  /** How often to ask, from the end of one to the start of the next, in milliseconds. @default only when somebody checks */
  readonly everyMs?: number;
  /** An answer that takes longer is none. In milliseconds. @default 2_000 */
  readonly timeoutMs?: number;
  /** An answer that takes longer is `degraded`. In milliseconds. @default no limit */
  readonly slowAboveMs?: number;
  /** So many bad answers in a row make it down. @default 2 */
  readonly failAfter?: number;
  /** So many better answers in a row end that. @default 1 */
  readonly recoverAfter?: number;
  /** Targets whose breakers speak for it: full names, or hosts. @default its own name */
  readonly targets?: readonly string[];
}

/** @throws {OptionError} (`QH_OPTION`) with every problem there is. */
export function checkWatch(name: string, options: ProbeOptions, isTaken: boolean): void {
  const { everyMs, timeoutMs, slowAboveMs, failAfter, recoverAfter } = options;
  const problems = [
    ...(isTaken ? [`"${name}" is watched already`] : []),
    ...Object.entries({ everyMs, timeoutMs, slowAboveMs }).flatMap(([option, ms]) =>
      ms === undefined || (ms >= 1 && ms <= 2_147_483_647) ? [] : [`${option} is ${ms}, expected 1 to 2147483647`],
    ),
    ...Object.entries({ failAfter, recoverAfter }).flatMap(([option, count]) =>
      count === undefined || (Number.isInteger(count) && count >= 1)
        ? []
        : [`${option} is ${count}, expected a whole number from 1`],
    ),
  ];
  if (problems.length > 0) throw new OptionError(`Health of "${name}"`, problems);
}
