/** Closes the runs whose writers were killed: states in their spools that nothing more will come. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { ClosedWriter } from '@quality-hub/protocol';
import { type HubFolder, runSpoolFolder, SpoolWriter } from '@quality-hub/telemetry';
import type { RunRow, RunStore, WriterRow } from '../store/run-store.ts';
import { standingOf, unfinishedReporters } from './run-state.ts';
import { closingOf, isGone, type WriterLifeOptions } from './writer-life.ts';

/** Older runs than this many are not looked at. */
const LOOKED_AT = 1_000;

/** A process of a run that lives on this machine, as far as can be told. */
export interface LivingProcess {
  readonly runId: string;
  readonly pid: number;
}

export interface FinalizedRuns {
  /** Runs that were closed now, oldest first. */
  readonly closed: readonly string[];
  /** Runs that were left alone since their runner lives on this machine, oldest first. */
  readonly living: readonly LivingProcess[];
  /** Workers of closed runs that have outlived their runner: they end within half a minute, and may write files until then. */
  readonly ending: readonly LivingProcess[];
}

/**
 * Writes `run.closed` into the spool of every run that has neither ended nor been closed. What the store knows must be up
 * to date. A runner on another machine is taken as gone: whoever closes the run says so.
 *
 * @throws {SpoolError} (`QH_SPOOL`) if the folder cannot be written.
 */
export async function finalizeRuns(
  store: RunStore,
  folder: HubFolder,
  life: WriterLifeOptions & { readonly force?: boolean },
): Promise<FinalizedRuns> {
  const closed: string[] = [];
  const living: LivingProcess[] = [];
  const ending: LivingProcess[] = [];
  for (const run of [...(await store.runs(LOOKED_AT))].reverse()) {
    if (run.state === 'finished' || run.state === 'interrupted') continue;
    const writers = await store.writers(run.runId);
    if (!isOpen(run, writers)) continue;
    const open = unfinishedReporters(writers).filter(writer => !closingOf(writer));
    const alive = life.force ? undefined : open.find(writer => livesHere(writer, life));
    if (alive?.pid !== undefined) living.push({ runId: run.runId, pid: alive.pid });
    else {
      for (const pid of livingWorkers(writers, open, life)) ending.push({ runId: run.runId, pid });
      close(folder, run.runId, open, life);
      closed.push(run.runId);
    }
  }
  return { closed, living, ending };
}

/** A writer has not come to its end, or a shard was not seen, and nobody has said yet that it is over. */
function isOpen({ shards }: RunRow, writers: readonly WriterRow[]): boolean {
  if (unfinishedReporters(writers).some(writer => !closingOf(writer))) return true;
  // At the beginning of time no missing shard is late: the run waits for it unless it was closed.
  return standingOf({ writers, shards, started: true, gone: () => true, now: 0 }).state === 'running';
}

function livesHere(writer: WriterRow, life: WriterLifeOptions): boolean {
  return writer.host === (life.host ?? hostname()) && !isGone(writer, life);
}

/** A journal does not tell its machine: it is that of the reporter of its shard. */
function livingWorkers(writers: readonly WriterRow[], open: readonly WriterRow[], life: WriterLifeOptions): number[] {
  return writers.flatMap(writer => {
    const host = writer.role === 'worker' ? open.find(({ shard }) => shard === writer.shard)?.host : undefined;
    return host !== undefined && writer.pid !== undefined && livesHere({ ...writer, host }, life) ? [writer.pid] : [];
  });
}

function close(folder: HubFolder, runId: string, open: readonly WriterRow[], life: WriterLifeOptions): void {
  const spool = new SpoolWriter({
    folder: runSpoolFolder(folder, runId),
    runId,
    shard: open[0]?.shard ?? 1,
    writer: `f-${randomBytes(6).toString('hex')}`,
    ...(life.now ? { now: life.now } : {}),
  });
  spool.append({
    kind: 'run.closed',
    writers: open.map((writer): ClosedWriter => {
      return { writer: writer.writer, lastSeq: writer.lastSeq, reason: reasonOf(writer, life) };
    }),
  });
  spool.close();
}

function reasonOf(writer: WriterRow, life: WriterLifeOptions): string {
  const { host, pid, lastAt } = writer;
  if (host === undefined || pid === undefined) return `nothing more was heard after ${lastAt}`;
  if (livesHere(writer, life)) return `it was closed by force while process ${pid} of ${host} lived`;
  if (host === (life.host ?? hostname())) return `process ${pid} of ${host} is gone, last heard of at ${lastAt}`;
  return `its last word from ${host} came at ${lastAt}`;
}
