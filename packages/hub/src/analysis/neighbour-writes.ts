/** Finds what other tests wrote to the places at which an attempt was refused. */
import type { AttemptFacts, TrafficEvidence } from '@quality-hub/protocol';
import type { RunStore } from '../store/run-store.ts';
import { callsOfSteps } from './reading/calls.ts';
import { isAssertion, statusMismatch } from './reading/error-text.ts';
import { type Exchange, exchangesOf, isSuccess, placeOf } from './reading/exchanges.ts';

export interface Write {
  readonly test: string;
  readonly at: string;
  readonly traffic: TrafficEvidence;
}

const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
/** The last ones say enough. */
const LIMIT = 5;

/**
 * Successful writes of a run to any of the given places, in the order of time: those that were watched, and those of which
 * only steps tell, if a check has accepted the answer.
 */
export function collectWrites(store: RunStore, runId: string, places: ReadonlySet<string>): readonly Write[] {
  const writes: Write[] = [];
  for (const { test, records } of store.evidence(runId)) {
    for (const { at, evidence } of records) {
      if (evidence.kind !== 'traffic' || !WRITES.has(evidence.method) || !places.has(placeOf(evidence.url))) continue;
      if (evidence.status !== undefined && evidence.status < 300) writes.push({ test, at, traffic: evidence });
    }
  }
  for (const place of places) writes.push(...unwatchedWrites(store, runId, place));
  return writes.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

function unwatchedWrites(store: RunStore, runId: string, place: string): Write[] {
  const writes: Write[] = [];
  for (const { test, steps } of store.stepsMentioning(runId, place)) {
    for (const { method, url, startedAt, durationMs, checked } of callsOfSteps(steps)) {
      if (!checked || !WRITES.has(method) || placeOf(url) !== place) continue;
      const at = new Date(Date.parse(startedAt) + durationMs).toISOString();
      writes.push({ test, at, traffic: { kind: 'traffic', source: 'request', method, url, durationMs } });
    }
  }
  return writes;
}

/** Answers that another test may be the reason of. */
const REFUSALS = new Set([404, 409, 410, 412, 422, 423]);
/** Places that each visitor has for himself, whatever the address says. */
const OWN = /\/(?:me|self|mine|current|cart|basket|session|sessions)(?:\/|$)/i;

/** The requests of an attempt at whose places a write of another test matters. */
export function exposedRequests(facts: AttemptFacts): readonly Exchange[] {
  const readsMatter = isAssertion(facts) && !statusMismatch(facts);
  return exchangesOf(facts).filter(
    one => (one.status !== undefined && REFUSALS.has(one.status)) || (readsMatter && isSharedRead(one)),
  );
}

/** A thing with a name of its own was read: a list, or what is the visitor's own, says nothing. */
export function isSharedRead(exchange: Exchange): boolean {
  const segments = placeOf(exchange.url)
    .split('/')
    .filter(segment => segment !== '');
  return exchange.method === 'GET' && isSuccess(exchange) && segments.length >= 2 && !OWN.test(exchange.url);
}

/** Writes of other tests before the request that can be its reason: something is missing only because it was deleted. */
export function neighboursOf(
  { test }: AttemptFacts,
  exposed: readonly Exchange[],
  writes: readonly Write[],
): readonly Write[] {
  const found = writes.filter(
    write =>
      write.test !== test &&
      exposed.some(request => {
        if (placeOf(request.url) !== placeOf(write.traffic.url) || write.at > request.at) return false;
        if (request.status === 404) return write.traffic.method === 'DELETE';
        return request.method !== 'GET' || isSharedRead(request);
      }),
  );
  return found.slice(-LIMIT);
}
