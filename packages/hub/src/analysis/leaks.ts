/** What the tests of a run have left open. */
import { identityTitle, type Leak, leaksIn } from '@quality-hub/protocol';
import type { RunStore } from '../store/run-store.ts';
import { identityOfTest } from './gather-facts.ts';

export interface ReportedLeaks {
  /** Identity key of the test. */
  readonly test: string;
  readonly title: string;
  /** In the order in which they were noted, of all its attempts. */
  readonly left: readonly Leak[];
}

/** By test, those that left most first. */
export async function leaksOf(store: RunStore, runId: string): Promise<readonly ReportedLeaks[]> {
  const byTest = new Map<string, Leak[]>();
  for (const { test, records } of store.evidence(runId, ['note'])) {
    const left = records.flatMap(({ evidence }) => leaksIn(evidence));
    if (left.length > 0) byTest.set(test, [...(byTest.get(test) ?? []), ...left]);
  }
  const reported: ReportedLeaks[] = [];
  for (const [test, left] of byTest) {
    reported.push({ test, title: identityTitle(identityOfTest(test, await store.planned(runId, test))), left });
  }
  return reported.sort((a, b) => b.left.length - a.left.length || (a.title < b.title ? -1 : 1));
}
