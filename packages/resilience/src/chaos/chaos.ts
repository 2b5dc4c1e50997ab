/** Makes calls fail on purpose, to see whether tests and policies stand it. */
import { OptionError, QualityHubError } from '@quality-hub/protocol';
import { type Clock, systemClock } from '../clock.ts';
import { type Classification, fromRow, NOT_REACHED, SILENT } from '../failures/classification.ts';
import { classifyStatus } from '../failures/http-status.ts';
import type { CallContext, Policy } from '../policy.ts';
import { isOf } from '../target-name.ts';
import { seededRandom } from './seeded-random.ts';

/** The variable that allows it. */
export const CHAOS_VARIABLE = 'QUALITY_HUB_CHAOS';

export interface ChaosOptions {
  /** The same seed makes the same faults for the same calls in the same order. @default 1 */
  readonly seed?: number;
  /** Part of the attempts, from 0 to 1, that are answered later, by `latencyMs`. @default 0 */
  readonly latency01?: number;
  /** @default 1_000 */
  readonly latencyMs?: number;
  /** Part of the attempts that fail before anything is done. @default 0 */
  readonly error01?: number;
  /** Part of the attempts that never answer, until they are given up. @default 0 */
  readonly hang01?: number;
  /** Part of the attempts that are done, but whose answer is lost. @default 0 */
  readonly lost01?: number;
  /** Part of the attempts that get `status` for an answer, without anything being done. @default 0 */
  readonly status01?: number;
  /** @default 503 */
  readonly status?: number;
  /** Only calls to these targets, by full name or host. @default all */
  readonly targets?: readonly string[];
}

export interface ChaosSeams {
  /** @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly clock?: Clock;
}

/** Chaos was asked for where the environment does not allow it (`QH_CHAOS_REFUSED`). */
export class ChaosRefusedError extends QualityHubError {
  constructor() {
    super(`Chaos makes calls fail on purpose, and ${CHAOS_VARIABLE} is not 1 here`, {
      code: 'QH_CHAOS_REFUSED',
      hint: `Set ${CHAOS_VARIABLE}=1 where this is wanted, and nowhere else`,
    });
  }
}

/** A fault that was made on purpose (`QH_CHAOS`). */
export class ChaosError extends QualityHubError {
  readonly classification: Classification;
  readonly status: number | undefined;
  constructor(what: string, classification: Classification, status?: number) {
    super(`Chaos: ${what}`, {
      code: 'QH_CHAOS',
      hint: `This fault was made on purpose; unset ${CHAOS_VARIABLE} to go without`,
    });
    this.classification = classification;
    this.status = status;
  }
}

type Fault = 'latency' | 'error' | 'hang' | 'lost' | 'status';

/**
 * Wraps policies: `chaos({ error01: 0.1 })(policy)`. Faults happen where the dependency would make them, inside of all that
 * the policy does, so that it retries, opens and counts as it would in earnest. One draw an attempt decides on one fault at most.
 *
 * @throws {ChaosRefusedError} (`QH_CHAOS_REFUSED`) unless `QUALITY_HUB_CHAOS` is 1.
 * @throws {OptionError} (`QH_OPTION`) if parts are out of range or more than all.
 */
export function chaos(
  options: ChaosOptions,
  { env = process.env, clock = systemClock }: ChaosSeams = {},
): (policy: Policy) => Policy {
  if (env[CHAOS_VARIABLE] !== '1') throw new ChaosRefusedError();
  const faults = faultsOf(options);
  const { seed = 1, latencyMs = 1_000, status = 503, targets } = options;
  const random = seededRandom(seed);

  const attempt = async <T>(work: (context: CallContext) => Promise<T>, context: CallContext): Promise<T> => {
    const fault = draw(faults, random());
    switch (fault) {
      case 'latency':
        await sleep(clock, latencyMs, context.signal);
        return work(context);
      case 'error':
        throw new ChaosError('the connection was refused', fromRow(NOT_REACHED, 'QH_CHAOS'));
      case 'hang':
        return sleep(clock, Number.POSITIVE_INFINITY, context.signal) as Promise<never>;
      case 'lost':
        await work(context);
        throw new ChaosError('it was done, and the answer was lost', fromRow(SILENT, 'QH_CHAOS'));
      case 'status':
        throw new ChaosError(`HTTP ${status}`, classifyStatus(status) ?? fromRow(SILENT), status);
      case undefined:
        return work(context);
    }
  };

  return policy => ({
    name: policy.name,
    execute: (work, call) => {
      const target = call?.target ?? policy.name;
      const isMeant = targets === undefined || targets.some(name => isOf(target, name));
      return policy.execute(isMeant ? context => attempt(work, context) : work, call);
    },
  });
}

function faultsOf({
  latency01,
  error01,
  hang01,
  lost01,
  status01,
}: ChaosOptions): readonly (readonly [Fault, number])[] {
  const parts = { latency: latency01, error: error01, hang: hang01, lost: lost01, status: status01 };
  const faults = Object.entries(parts).map(([fault, part = 0]) => [fault as Fault, part] as const);
  const problems = faults
    .filter(([, part]) => !(part >= 0 && part <= 1))
    .map(([fault, part]) => `${fault}01 is ${part}, expected 0 to 1`);
  const sum = faults.reduce((all, [, part]) => all + part, 0);
  if (problems.length === 0 && sum > 1 + 1e-9) problems.push(`all parts together are ${sum}, expected 1 at most`);
  if (problems.length > 0) throw new OptionError('chaos', problems);
  return faults;
}

function draw(faults: readonly (readonly [Fault, number])[], drawn: number): Fault | undefined {
  let upTo = 0;
  for (const [fault, part] of faults) {
    upTo += part;
    if (drawn < upTo) return fault;
  }
  return undefined;
}

function sleep(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const cancel = delayMs === Number.POSITIVE_INFINITY ? () => {} : clock.after(delayMs, resolve, { keepAlive: true });
    signal.addEventListener(
      'abort',
      () => {
        cancel();
        reject(signal.reason);
      },
      { once: true },
    );
  });
}
