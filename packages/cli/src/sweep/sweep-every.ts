/** Sweeps on a schedule, in a process that stays: a service of a machine, or a container beside a shared store. */
import { type DataClock, dataClock } from '@quality-hub/data';
import { errorSentence } from '@quality-hub/protocol';
import { localTime } from '../terminal/words.ts';
import { sweepLine } from './print-sweep.ts';
import { readRuntimeHere, type SweepPlace } from './runtime-here.ts';
import { type SweepWishes, sweepOnce } from './sweep-here.ts';

export interface Schedule {
  /** From the beginning of a sweep to that of the next, in milliseconds. A sweep that takes longer leaves beginnings out. */
  readonly everyMs: number;
  /** Ends the sweep that is on, and then all of it. */
  readonly signal: AbortSignal;
  /** @default dataClock */
  readonly clock?: DataClock;
}

/**
 * Sweeps at once and then at each interval, with a line for each sweep, until `signal` aborts. A sweep that fails is told, and
 * the next one comes at its time. The configuration and its factories are read once, at the beginning.
 *
 * @returns 0, once it was told to end.
 * @throws {NoHubError} (`QH_NO_HUB`) @throws {ConfigError} (`QH_CONFIG`) @throws {ConfigLoadError} (`QH_CONFIG_LOAD`)
 */
export async function sweepEvery(
  { json, ...request }: SweepWishes,
  place: SweepPlace,
  { everyMs, signal, clock = dataClock }: Schedule,
): Promise<number> {
  const { mask, use } = await readRuntimeHere(place);
  const say = (at: string, words: string, data: object): void =>
    place.terminal.out(mask.text(json ? JSON.stringify({ at, ...data }) : `${localTime(at)}  ${words}`));
  while (!signal.aborted) {
    const startedAt = clock.now();
    const at = new Date(startedAt).toISOString();
    try {
      const told = await use(opened => sweepOnce(opened, { ...request, signal }));
      say(at, sweepLine(told, { dryRun: request.dryRun === true }), told);
    } catch (error) {
      // It was waiting for its turn when it was told to end.
      if (signal.aborted) break;
      const sentence = errorSentence(error).replace(/\s+/g, ' ');
      say(at, `This sweep failed: ${sentence}`, { error: sentence });
    }
    const tookMs = clock.now() - startedAt;
    await clock.sleep(everyMs - (tookMs % everyMs), { signal }).catch(() => {});
  }
  return 0;
}
