/** How a dependency is asked whether it is well. */
import { closestName, OptionError } from '@quality-hub/protocol';
import { LONGEST_TIMER_MS } from '../clock.ts';
import type { HealthState } from './outage-notes.ts';

/** Nothing said means healthy; thrown means down. */
export type Probe = (
  signal: AbortSignal,
) => Promise<{ readonly state: HealthState; readonly detail?: string | undefined } | undefined | void>;

/** When to ask, and what to believe. */
export interface ProbeSchedule {
  /** How often to ask, also where nobody needs it, in milliseconds. @default only when somebody needs it */
  readonly everyMs?: number;
  /** How long a good answer is enough for who needs it, in milliseconds. @default `everyMs`, or 10_000 */
  readonly believeMs?: number;
  /** An answer that takes longer is none. In milliseconds. @default 5_000 */
  readonly timeoutMs?: number;
  /** An answer that takes longer is `degraded`. In milliseconds. @default no limit */
  readonly slowAboveMs?: number;
  /** So many bad answers in a row make it down. @default 1 */
  readonly failAfter?: number;
  /** So many good answers in a row end that. @default 1 */
  readonly recoverAfter?: number;
  /** Between two answers of one row, in milliseconds. @default 250 */
  readonly againMs?: number;
  /** After a row that went badly the next one waits so long, in milliseconds. @default 2_000 */
  readonly retryMs?: number;
}

export interface ProbeOptions extends ProbeSchedule {
  /** @default who needs it is let through one at a time, as the probe */
  readonly probe?: Probe;
}

export type CheckedProbe = Required<Omit<ProbeSchedule, 'everyMs'>> & Pick<ProbeOptions, 'everyMs' | 'probe'>;

const NAMES = [
  'everyMs',
  'believeMs',
  'timeoutMs',
  'slowAboveMs',
  'failAfter',
  'recoverAfter',
  'againMs',
  'retryMs',
] as const satisfies readonly (keyof ProbeSchedule)[];

/**
 * The options with their defaults.
 *
 * @param also What else is wrong with the health of `name`.
 * @throws {OptionError} (`QH_OPTION`) with every problem there is.
 */
export function checkProbe(name: string, options: ProbeOptions, also: readonly string[] = []): CheckedProbe {
  const problems = [...also, ...Object.entries(options).flatMap(([option, value]) => problemOf(option, value) ?? [])];
  if (problems.length > 0) throw new OptionError(`Health of "${name}"`, problems);
  const { everyMs, probe, failAfter = 1, recoverAfter = 1 } = options;
  const { believeMs = everyMs ?? 10_000, timeoutMs = 5_000, slowAboveMs = LONGEST_TIMER_MS } = options;
  const { againMs = 250, retryMs = 2_000 } = options;
  return {
    failAfter,
    recoverAfter,
    believeMs,
    timeoutMs,
    slowAboveMs,
    againMs,
    retryMs,
    ...(everyMs === undefined ? {} : { everyMs }),
    ...(probe === undefined ? {} : { probe }),
  };
}

function problemOf(option: string, value: unknown): string | undefined {
  if (value === undefined || option === 'probe') return undefined;
  if (!(NAMES as readonly string[]).includes(option)) {
    const close = closestName(option, NAMES);
    return `${option} is no option${close === undefined ? `; options are ${NAMES.join(', ')}` : `; did you mean ${close}?`}`;
  }
  const isCount = option === 'failAfter' || option === 'recoverAfter';
  const isRight =
    typeof value === 'number' && value >= 1 && value <= LONGEST_TIMER_MS && (!isCount || Number.isInteger(value));
  if (isRight) return undefined;
  return `${option} is ${JSON.stringify(value)}, expected ${isCount ? 'a whole number from 1' : `1 to ${LONGEST_TIMER_MS}`}`;
}
