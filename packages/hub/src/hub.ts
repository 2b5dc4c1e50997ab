/** The engine as its callers see it: catch up with the spools, list runs, report one. */
import { basename } from 'node:path';
import { type HubFolder, runSpoolFolder } from '@quality-hub/telemetry';
import { compareVariants, type ReportedFlag } from './analysis/variants/compare-variants.ts';
import { observeVariants } from './analysis/variants/observe-variants.ts';
import { concludeRun } from './conclude.ts';
import { RunUnknownError } from './errors.ts';
import { SpoolIngester } from './ingest/ingester.ts';
import { type FinalizedRuns, finalizeRuns } from './life/finalize-runs.ts';
import { surveyRun } from './life/survey.ts';
import type { WriterLifeOptions } from './life/writer-life.ts';
import { buildDigest, buildReport, summaryOf } from './report/build-report.ts';
import { type OutputFolder, outputFoldersOf } from './report/output-folders.ts';
import type { RunDigest, RunReport, RunSummary } from './report/run-report.ts';
import { KEPT_SPOOLS, pruneSpools } from './retention.ts';
import type { PastAttempt, RunRow, RunStore } from './store/run-store.ts';
import { SqliteRunStore } from './store/sqlite-store.ts';

export interface HubOptions extends WriterLifeOptions {
  readonly folder: HubFolder;
  /** How long the first write may wait for another program, in milliseconds. @default 2000 */
  readonly enterMs?: number;
}

export interface CatchUpOptions {
  /** Stop between two batches; what is left stays in the spool. */
  readonly signal?: AbortSignal;
  /** Also judge and cluster what has ended. @default true */
  readonly conclude?: boolean;
}

export interface Hub extends AsyncDisposable {
  /**
   * Stores what the spools hold, of all runs or of one; settles writers that have died; judges and clusters what has
   * ended. Doing it again changes nothing.
   *
   * @throws {StoreError} if the database cannot be written. The spool keeps everything.
   */
  catchUp(runId?: string, options?: CatchUpOptions): Promise<void>;
  /** Newest first. @throws {StoreError} */
  runs(options?: { readonly limit?: number }): Promise<readonly RunSummary[]>;
  /**
   * @throws {RunUnknownError} (`QH_RUN_UNKNOWN`) if there is no such run, or none at all.
   * @throws {StoreError} if the database cannot be read.
   */
  report(runId: string | 'latest'): Promise<RunReport>;
  /**
   * The report of a run without its single failures, as the last {@link Hub.catchUp} concluded it: the same in a fraction
   * of the time.
   *
   * @throws {RunUnknownError} (`QH_RUN_UNKNOWN`) if there is no such run.
   * @throws {StoreError} if the database cannot be read.
   */
  digest(runId: string): Promise<RunDigest>;
  /**
   * What the tests of a run have noted under one name, the oldest first within each attempt.
   *
   * @throws {RunUnknownError} (`QH_RUN_UNKNOWN`)
   */
  notes(runId: string, name: string): Promise<readonly unknown[]>;
  /**
   * Attempts of one test, by its identity key, those of the newest runs first.
   *
   * @throws {StoreError} if the database cannot be read.
   */
  history(test: string, options?: { readonly limit?: number }): Promise<readonly PastAttempt[]>;
  /**
   * The flags that tests of the newest runs have heard of, by name: what became of tests in each variant, and how probable the
   * difference is by chance.
   *
   * @param options.runs How many of the newest runs count. @default 50
   * @throws {StoreError} if the database cannot be read.
   */
  flags(options?: { readonly runs?: number }): Promise<readonly ReportedFlag[]>;
  /**
   * Closes the runs whose runner was killed, for good: a line in their spool says so, which a rebuilt database reads again.
   * Call {@link catchUp} before. A run whose runner lives on this machine is left alone unless `force` is given. Should a
   * writer turn out to have more to say, its events are taken and it counts as alive or ended again. A second time there
   * is nothing to close.
   *
   * @throws {SpoolError} (`QH_SPOOL`) of telemetry if the folder cannot be written.
   * @throws {StoreError}
   */
  finalize(options?: { readonly force?: boolean }): Promise<FinalizedRuns>;
  /** Where the tests of the last runs left their files: each folder once, with the newest run that used it. */
  outputFolders(): Promise<readonly OutputFolder[]>;
  /** Deletes the spools of old runs, but for the newest `keep`. @default 20 */
  prune(keep?: number): Promise<readonly string[]>;
  close(): Promise<void>;
}

/**
 * Opens the hub of a folder; its database is made when it is missing.
 *
 * @throws {StoreError} if the database cannot be opened: see its codes.
 */
export function openHub({ folder, enterMs, ...life }: HubOptions): Hub {
  const store = new SqliteRunStore({ path: folder.database, ...(enterMs === undefined ? {} : { enterMs }) });
  return new FolderHub(folder, store, life);
}

class FolderHub implements Hub {
  readonly #folder: HubFolder;
  readonly #store: RunStore;
  readonly #ingester: SpoolIngester;
  readonly #life: WriterLifeOptions;

  constructor(folder: HubFolder, store: RunStore, life: WriterLifeOptions) {
    this.#folder = folder;
    this.#store = store;
    this.#ingester = new SpoolIngester(store, folder.spools);
    this.#life = life;
  }

  async catchUp(runId?: string, { signal, conclude = true }: CatchUpOptions = {}): Promise<void> {
    const folders = runId === undefined ? this.#ingester.folders() : [basename(runSpoolFolder(this.#folder, runId))];
    for (const folder of folders) await this.#ingester.catchUp(folder, signal);
    if (!conclude) return;
    for (const open of await this.#store.unsettled()) {
      if (signal?.aborted) return;
      if (runId === undefined || open === runId) await concludeRun(this.#store, open, this.#life);
    }
  }

  async runs({ limit = 50 }: { readonly limit?: number } = {}): Promise<readonly RunSummary[]> {
    const runs = await this.#store.runs(limit);
    return Promise.all(
      runs.map(async run => {
        // Counting the tests of fifty old runs again would take seconds.
        if (run.isSettled && run.counts) return summaryOf(run, { standing: run, counts: run.counts });
        return summaryOf(run, await this.#survey(run));
      }),
    );
  }

  async report(runId: string): Promise<RunReport> {
    const run = runId === 'latest' ? (await this.#store.runs(1))[0] : await this.#store.run(runId);
    if (!run) throw await this.#unknown(runId);
    return buildReport(this.#store, this.#folder, run, await this.#survey(run));
  }

  async digest(runId: string): Promise<RunDigest> {
    const run = await this.#store.run(runId);
    if (!run) throw await this.#unknown(runId);
    const concluded = run.counts ? { standing: run, counts: run.counts } : await this.#survey(run);
    return buildDigest(this.#store, this.#folder, run, concluded);
  }

  async notes(runId: string, name: string): Promise<readonly unknown[]> {
    if ((await this.#store.run(runId)) === undefined) throw await this.#unknown(runId);
    return [...this.#store.evidence(runId, ['note'])].flatMap(({ records }) =>
      records.flatMap(({ evidence }) => (evidence.kind === 'note' && evidence.name === name ? [evidence.data] : [])),
    );
  }

  history(test: string, { limit = 50 }: { readonly limit?: number } = {}): Promise<readonly PastAttempt[]> {
    return this.#store.history(test, limit);
  }

  async flags({ runs = 50 }: { readonly runs?: number } = {}): Promise<readonly ReportedFlag[]> {
    const newest = (await this.#store.runs(runs)).map(({ runId }) => runId);
    const { observations, mixed } = await observeVariants(this.#store, newest);
    return compareVariants(observations, mixed);
  }

  async finalize({ force = false }: { readonly force?: boolean } = {}): Promise<FinalizedRuns> {
    const result = await finalizeRuns(this.#store, this.#folder, { ...this.#life, force });
    for (const runId of result.closed) await this.catchUp(runId);
    return result;
  }

  outputFolders(): Promise<readonly OutputFolder[]> {
    return outputFoldersOf(this.#store);
  }

  prune(keep: number = KEPT_SPOOLS): Promise<readonly string[]> {
    return pruneSpools(this.#store, this.#folder, keep);
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #unknown(runId: string): Promise<RunUnknownError> {
    const newest = await this.#store.runs(1);
    return new RunUnknownError(
      runId,
      newest.map(({ runId: id }) => id),
    );
  }

  #survey(run: RunRow) {
    return surveyRun(this.#store, run.runId, run.shards, this.#life);
  }
}
