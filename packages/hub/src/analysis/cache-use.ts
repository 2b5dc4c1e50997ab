/** What the caches of a run came to: the sums of what its workers told after each test. */
import type { RunStore } from '../store/run-store.ts';

export interface ReportedCache {
  /** Served from memory or from what is kept between runs. */
  readonly hits: number;
  readonly misses: number;
  /** Share of all questions that needed no load, 0 to 1. */
  readonly hitRatio01: number;
  readonly loads: number;
  /** All loads together, in milliseconds. */
  readonly loadMs: number;
  /** Workers that have asked. */
  readonly workers: number;
}

type Count = 'memoryHits' | 'sharedHits' | 'misses' | 'loads' | 'loadMs';

/** Undefined where nobody has asked a cache for anything. */
export function cacheUseOf(store: RunStore, runId: string): ReportedCache | undefined {
  const sum = { memoryHits: 0, sharedHits: 0, misses: 0, loads: 0, loadMs: 0 };
  const workers = new Set<string>();
  for (const { records } of store.evidence(runId, ['note'])) {
    for (const { writer, evidence } of records) {
      if (evidence.kind !== 'note' || evidence.name !== 'cache') continue;
      const told = (evidence.data ?? {}) as Partial<Record<Count, unknown>>;
      for (const name of Object.keys(sum) as Count[]) sum[name] += Number(told[name] ?? 0) || 0;
      workers.add(writer);
    }
  }
  const { misses, loads, loadMs } = sum;
  const hits = sum.memoryHits + sum.sharedHits;
  if (hits + misses === 0) return undefined;
  const hitRatio01 = Math.round((hits / (hits + misses)) * 1_000) / 1_000;
  return { hits, misses, hitRatio01, loads, loadMs, workers: workers.size };
}
