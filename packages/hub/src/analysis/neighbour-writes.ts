/** Finds what other tests wrote to the places at which an attempt was refused. */
import type { AttemptFacts, TrafficEvidence } from '@quality-hub/protocol';
import type { EvidenceRow } from '../store/run-store.ts';
import type { Exchange } from './reading/exchanges.ts';

export interface Write {
  readonly test: string;
  readonly at: string;
  readonly traffic: TrafficEvidence;
}

const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
/** The last ones say enough. */
const LIMIT = 5;

/** Successful writes to any of the given URLs, in the order of time. */
export function collectWrites(evidence: Iterable<EvidenceRow>, urls: ReadonlySet<string>): readonly Write[] {
  const writes: Write[] = [];
  for (const { test, records } of evidence) {
    for (const { at, evidence: seen } of records) {
      if (seen.kind === 'traffic' && WRITES.has(seen.method) && (seen.status ?? 500) < 300 && urls.has(seen.url))
        writes.push({ test, at, traffic: seen });
    }
  }
  return writes.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/** Those of other tests, before the refusal, that can be its reason: something is missing only because it was deleted. */
export function neighboursOf(
  facts: AttemptFacts,
  refused: readonly Exchange[],
  writes: readonly Write[],
): readonly Write[] {
  const found = writes.filter(
    write =>
      write.test !== facts.test &&
      refused.some(({ url, at, status, method }) => {
        if (url !== write.traffic.url || write.at > at) return false;
        return status === 404 ? write.traffic.method === 'DELETE' : method !== 'GET';
      }),
  );
  return found.slice(-LIMIT);
}
