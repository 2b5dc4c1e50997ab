/** Where a run stands, from what its writers have said. */
import type { RunStatus } from '@quality-hub/protocol';
import type { WriterRow } from '../store/run-store.ts';
import type { RunState } from './run-life.ts';

/** A shard that has not been seen this long after everybody else went silent will not come. */
const MISSING_SHARD_MS = 6 * 60 * 60 * 1000;

export interface RunStanding {
  readonly state: RunState;
  readonly status: RunStatus | undefined;
  readonly durationMs: number | undefined;
}

export interface StandingFacts {
  readonly writers: readonly WriterRow[];
  /** Declared number of shards. */
  readonly shards: number;
  /** Whether any test has started. */
  readonly started: boolean;
  readonly gone: (writer: string) => boolean;
  readonly now: number;
}

/** Worst first. */
const STATUSES: readonly RunStatus[] = ['interrupted', 'timedout', 'failed', 'passed'];

export function standingOf({ writers, shards, started, gone, now }: StandingFacts): RunStanding {
  const reporters = writers.filter(({ role }) => role === 'reporter');
  const ended = reporters.flatMap(writer => writer.ended ?? []);
  const status = STATUSES.find(one => ended.some(end => end.status === one));
  const durationMs = ended.length === 0 ? undefined : span(ended);
  const state = stateOf();
  return { state, status, durationMs };

  function stateOf(): RunState {
    if (reporters.some(({ writer }) => !gone(writer))) return started ? 'running' : 'planned';
    if (unfinishedReporters(writers).length > 0) return 'lost';
    const seen = new Set(reporters.filter(writer => writer.ended).map(({ shard }) => shard));
    const merged = reporters.some(({ mode, ended: end }) => mode === 'merge' && end);
    if (!merged && seen.size < shards) {
      if (writers.some(({ role }) => role === 'closer')) return 'lost';
      const lastAt = Math.max(0, ...writers.map(writer => Date.parse(writer.lastAt)));
      return now - lastAt > MISSING_SHARD_MS ? 'lost' : 'running';
    }
    return status === 'interrupted' ? 'interrupted' : 'finished';
  }
}

/** Reporters that were killed, and whose shard nobody else has brought to its end. */
export function unfinishedReporters(writers: readonly WriterRow[]): readonly WriterRow[] {
  const reporters = writers.filter(({ role }) => role === 'reporter');
  return reporters.filter(writer => !writer.ended && !endedByAnother(writer, reporters));
}

/** A shard that died and was started again under the same run id has come to its end all the same. */
function endedByAnother({ shard }: WriterRow, reporters: readonly WriterRow[]): boolean {
  return reporters.some(other => other.ended && (other.shard === shard || other.mode === 'merge'));
}

function span(ends: readonly { readonly startedAt: string; readonly durationMs: number }[]): number {
  const from = Math.min(...ends.map(({ startedAt }) => Date.parse(startedAt)));
  const to = Math.max(...ends.map(({ startedAt, durationMs }) => Date.parse(startedAt) + durationMs));
  return Math.round(to - from);
}
