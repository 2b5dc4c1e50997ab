/** What the connections of a run came to: the sums of what its workers told. */
import type { ToldPool } from '@quality-hub/protocol';
import type { RunStore } from '../store/run-store.ts';

export interface ReportedPool extends ToldPool {
  /** Workers that had connections there. */
  readonly workers: number;
}

/** By client and server, in the order of their names. */
export function poolsOf(store: RunStore, runId: string): readonly ReportedPool[] {
  const sums = new Map<string, { -readonly [Key in keyof ToldPool]: ToldPool[Key] }>();
  const workers = new Map<string, Set<string>>();
  for (const { records } of store.evidence(runId, ['pool'])) {
    for (const { writer, evidence } of records) {
      if (evidence.kind !== 'pool') continue;
      const { dependency, server, opened, broken, reused, waits, waitedMs } = evidence;
      const key = `${dependency}\n${server}`;
      const sum = sums.get(key) ?? { dependency, server, opened: 0, broken: 0, reused: 0, waits: 0, waitedMs: 0 };
      sum.opened += opened;
      sum.broken += broken;
      sum.reused += reused;
      sum.waits += waits;
      sum.waitedMs += waitedMs;
      sums.set(key, sum);
      workers.set(key, (workers.get(key) ?? new Set()).add(writer));
    }
  }
  return [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, sum]) => ({ ...sum, workers: workers.get(key)?.size ?? 0 }));
}
