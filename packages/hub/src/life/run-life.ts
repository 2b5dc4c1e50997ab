/** The words of a run's life. */

/**
 * `planned`: nothing has started yet. `running`: a writer lives, or a shard has not been seen. `finished`: every shard
 * has come to its end. `interrupted`: it came to its end because somebody stopped it. `lost`: a writer died before its end.
 */
export const RUN_STATES = ['planned', 'running', 'finished', 'interrupted', 'lost'] as const;
export type RunState = (typeof RUN_STATES)[number];

/**
 * What became of each planned test, counted once whatever number of shards had it.
 *
 * Always `planned = finished + notRun + lost` and `finished = passed + failed + flaky + skipped + blocked + muted +
 * interrupted`. They agree with the last lines of Playwright's `list` and `line`; its JSON report counts `interrupted` and
 * `notRun` as skipped.
 */
export interface RunCounts {
  readonly planned: number;
  readonly finished: number;
  readonly passed: number;
  readonly failed: number;
  readonly flaky: number;
  readonly skipped: number;
  /** Skipped because something it needs was not there. */
  readonly blocked: number;
  /** Failed, but set aside by a quarantine. */
  readonly muted: number;
  /** Stopped before its end, by Ctrl+C, `maxFailures` or `globalTimeout`. */
  readonly interrupted: number;
  /** Never run: the runner did not come to it. While the run goes on also what has not ended yet. */
  readonly notRun: number;
  /** Started, and its runner died or was stopped before it ended. */
  readonly lost: number;
}

export type TestOutcome = Exclude<keyof RunCounts, 'planned' | 'finished'>;

export function countOutcomes(outcomes: Iterable<TestOutcome>): RunCounts {
  const counts = {
    passed: 0,
    failed: 0,
    flaky: 0,
    skipped: 0,
    blocked: 0,
    muted: 0,
    interrupted: 0,
    notRun: 0,
    lost: 0,
  };
  for (const outcome of outcomes) counts[outcome]++;
  const { notRun, lost, ...ended } = counts;
  const finished = Object.values(ended).reduce((sum, count) => sum + count, 0);
  return { planned: finished + notRun + lost, finished, ...counts };
}
