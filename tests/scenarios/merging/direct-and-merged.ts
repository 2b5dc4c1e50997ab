/** One small project, recorded as it runs and once more from the blobs it wrote, for a comparison of the two records. */
import { expect } from '@playwright/test';
import { countWords } from '@quality-hub/protocol';
import { eventStreamContract, type InlineResult, mergeReports, runInline, runRecord } from '@quality-hub/testkit';

type Counts = Awaited<ReturnType<InlineResult['report']>>['counts'];

/** The last lines of Playwright's `list`, and the counts of its JSON report. */
export interface RunnersTotals {
  readonly passed: number;
  readonly failed: number;
  readonly flaky: number;
  readonly skipped: number;
  readonly interrupted: number;
  readonly notRun: number;
}

export interface Comparison extends AsyncDisposable {
  readonly direct: readonly InlineResult[];
  readonly merged: InlineResult;
  readonly record: ReturnType<typeof runRecord>;
  readonly counts: Counts;
}

export interface ComparisonOptions {
  readonly args?: readonly string[];
  /** Runs the project once for each shard. @default 1 */
  readonly shards?: number;
}

/** The configuration of a project to compare: `more` is put behind our settings. */
export function comparedConfig(more: string): string {
  return `
    import { defineConfig } from '@playwright/test';
    import { reporters } from '@quality-hub/reporters/config';
    const theirs = [['blob'], ['list'], ['json', { outputFile: 'out.json' }]];
    // The block at the end is counted by the hub in a run, and by the reporter itself in a merge.
    const hub = process.env.MERGING ? 'off' : 'embedded';
    export default defineConfig({ workers: 2, reporter: reporters(theirs, { hub }), ${more} });
  `;
}

/**
 * Runs `files` with our reporter and `blob`, merges the blobs with our reporter, and expects that
 *
 * - both streams of events keep their contract,
 * - both records are equal in all that {@link runRecord} compares, but for the timeout that is planned,
 * - the hub counts both alike, and as the runner counts them,
 * - the block at the end of each says these counts.
 */
export async function compareDirectAndMerged(
  files: Readonly<Record<string, string>>,
  { args = [], shards = 1 }: ComparisonOptions = {},
): Promise<Comparison> {
  const env = { QUALITY_HUB_RUN_ID: 'the-run', PWTEST_BLOB_DO_NOT_REMOVE: '1' };
  const direct: InlineResult[] = [];
  const totals: RunnersTotals[] = [];
  for (let shard = 1; shard <= shards; shard++) {
    const shardArgs = shards === 1 ? [] : [`--shard=${shard}/${shards}`];
    const dir = direct[0] && { dir: direct[0].dir };
    const options = { args: [...args, ...shardArgs], env, timeoutMs: 120_000, ...dir };
    const run = await runInline(shard === 1 ? files : {}, options);
    direct.push(run);
    totals.push(totalsOf(run));
  }
  const first = direct[0];
  if (first === undefined) throw new Error('At least one shard is needed');
  const merged = await mergeReports([first], { dir: first.dir, env: { QUALITY_HUB_RUN_ID: 'merged', MERGING: '1' } });

  const events = direct.flatMap(run => run.events);
  for (const stream of [events, merged.events]) expect(eventStreamContract(stream)).toEqual([]);
  const record = runRecord(events);
  expect(withoutPlannedTimeouts(runRecord(merged.events))).toEqual(withoutPlannedTimeouts(record));

  const counts = (await first.report('the-run')).counts;
  expect((await first.report('merged')).counts).toEqual(counts);
  const { passed, failed, flaky, skipped, interrupted, notRun } = counts;
  expect(blockOf(merged)).toBe(countsLine(counts));
  // With shards the runner counts a setup test once a shard, the hub once.
  if (shards === 1) {
    expect({ passed, failed, flaky, skipped, interrupted, notRun }).toEqual(totals[0]);
    expect(totalsOf(merged)).toEqual(totals[0]);
    expect(blockOf(first)).toBe(countsLine(counts));
  }
  return { direct, merged, record, counts, [Symbol.asyncDispose]: () => first[Symbol.asyncDispose]() };
}

/** `8 tests: 5 passed, 2 failed`, as the first line of our block has it. */
function blockOf({ stdout }: InlineResult): string | undefined {
  return /^Quality Hub {2}(.*)$/m.exec(stdout)?.[1];
}

function countsLine(counts: Counts): string {
  const words = countWords(counts).map(({ count, word }) => `${count} ${word}`);
  const tests = `${counts.planned} ${counts.planned === 1 ? 'test' : 'tests'}`;
  return words.length === 0 ? tests : `${tests}: ${words.join(', ')}`;
}

/** A blob tells the timeout of a test with its end: planned is that of its project, instead of that of its `describe`. */
function withoutPlannedTimeouts(record: ReturnType<typeof runRecord>) {
  const tests = Object.entries(record.tests).map(([title, { planned, attempts }]) => {
    const { timeoutMs: _timeoutMs, ...rest } = planned ?? {};
    return [title, { planned: rest, attempts }];
  });
  return { ...record, tests: Object.fromEntries(tests) };
}

/** Read at once: the next run in that folder, or the merge, writes the JSON report anew. */
function totalsOf(run: InlineResult): RunnersTotals {
  const lines = run.stdout.slice(0, run.stdout.indexOf('Quality Hub  '));
  const count = (words: string): number => Number(new RegExp(`^ +(\\d+) ${words}\\b`, 'm').exec(lines)?.[1] ?? 0);
  const totals = {
    passed: count('passed'),
    failed: count('failed'),
    flaky: count('flaky'),
    skipped: count('skipped'),
    interrupted: count('interrupted'),
    notRun: count('did not run'),
  };
  const { stats } = run.json<{ stats: Record<string, number> }>('out.json');
  expect({
    expected: totals.passed,
    unexpected: totals.failed,
    flaky: totals.flaky,
    skipped: totals.skipped + totals.interrupted + totals.notRun,
  }).toEqual({
    expected: stats['expected'],
    unexpected: stats['unexpected'],
    flaky: stats['flaky'],
    skipped: stats['skipped'],
  });
  return totals;
}
