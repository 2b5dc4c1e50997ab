/** Requests of an attempt and their answers, as the evidence or an error message tells of them. */
import type { AttemptFacts, TrafficEvidence } from '@quality-hub/protocol';
import { exchangeOfCall } from './call-evidence.ts';
import { callsOf } from './calls.ts';
import { loggedExchange, statusMismatch } from './error-text.ts';

export interface Exchange extends TrafficEvidence {
  readonly at: string;
}

/** Fetched for its looks: a page works without it. */
const DECORATION = new Set([
  'image',
  'font',
  'media',
  'stylesheet',
  'texttrack',
  'manifest',
  'ping',
  'cspviolationreport',
]);
/** Open on purpose for as long as the page lives. */
const STREAMS = new Set(['eventsource', 'websocket']);

/** The requests that matter, in the order of their ends. Where nobody watched, the one that the errors and steps tell of. */
export function exchangesOf(facts: AttemptFacts): readonly Exchange[] {
  const endMs = bodyEndMs(facts);
  const seen = facts.evidence.flatMap(({ at, evidence }) => {
    const one = evidence.kind === 'call' ? exchangeOfCall(evidence) : evidence;
    return one?.kind === 'traffic' && matters(one) && Date.parse(at) - one.durationMs < endMs ? [{ ...one, at }] : [];
  });
  // Problems and writes are recorded at once, the rest at the end.
  seen.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const told = toldExchange(facts);
  if (!told || seen.some(one => pathOf(one.url) === pathOf(told.url) && one.status === told.status)) return seen;
  return [...seen, told];
}

/** When the test's own code was over. What is asked afterwards cleans up: it says nothing of why the attempt had failed. */
function bodyEndMs({ steps }: AttemptFacts): number {
  const after = steps.find(({ category, title }) => category === 'hook' && title === 'After Hooks');
  return after ? Date.parse(after.startedAt) : Number.POSITIVE_INFINITY;
}

/** The request in a call log; or the last call before a comparison of statuses, with the status that was received. */
function toldExchange(facts: AttemptFacts): Exchange | undefined {
  const logged = loggedExchange(facts);
  if (logged) return { kind: 'traffic', source: 'request', durationMs: 0, at: facts.startedAt, ...logged };
  const status = statusMismatch(facts)?.received;
  const call = status === undefined ? undefined : callsOf(facts).at(-1);
  if (!call) return undefined;
  const { method, url, durationMs, startedAt: at } = call;
  return { kind: 'traffic', source: 'request', method, url, status: status as number, durationMs, at };
}

function matters({ resource, url }: TrafficEvidence): boolean {
  return (
    !(resource !== undefined && (DECORATION.has(resource) || STREAMS.has(resource))) && !/\/favicon\.\w+$/.test(url)
  );
}

/** `POST /orders/:id`: the request without what differs from test to test. */
export function label({ method, url }: { readonly method: string; readonly url: string }): string {
  return `${method} ${pathTemplate(pathOf(url))}`;
}

export function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'the back end';
}

export function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : url;
}

/** The path without the prefix of an API: a page and its API speak of one place. */
export function placeOf(url: string): string {
  return pathOf(url).replace(/^(?:\/(?:api|rest|v\d+))+(?=\/)/i, '');
}

/** Segments that look made up by a machine become `:id`. */
export function pathTemplate(path: string): string {
  return path
    .split('/')
    .map(segment => (isGenerated(segment) ? ':id' : segment))
    .join('/');
}

export function isGenerated(segment: string): boolean {
  return (
    /^\d+$/.test(segment) ||
    /^(?:\{\w+\}|%7B\w+%7D)$/i.test(segment) ||
    /^[0-9a-f]{8}-[0-9a-f-]{13,}$/i.test(segment) ||
    (segment.length >= 8 && /\d/.test(segment) && /^[\w-]+$/.test(segment))
  );
}

export function isSuccess({ status, failure }: TrafficEvidence): boolean {
  return status !== undefined && status < 400 && failure === undefined;
}

/** The same request was answered well later on: whoever sent it has tried again. */
export function recovered(exchange: Exchange, all: readonly Exchange[]): boolean {
  const later = all.slice(all.indexOf(exchange) + 1);
  return later.some(next => next.method === exchange.method && next.url === exchange.url && isSuccess(next));
}

/**
 * Whether an answer can be what the attempt failed on: the status that an assertion received, or the last word of the
 * back end. An answer that the test goes on from, or that it asked for, is not.
 */
export function isDecisive(exchange: Exchange, all: readonly Exchange[], facts: AttemptFacts): boolean {
  const compared = statusMismatch(facts);
  if (compared) return compared.received === exchange.status;
  const logged = loggedExchange(facts)?.status;
  if (logged !== undefined) return logged === exchange.status;
  if (recovered(exchange, all)) return false;
  const later = all.slice(all.indexOf(exchange) + 1);
  if (exchange.resource === 'document') return !later.some(next => next.resource === 'document' && isSuccess(next));
  return !later.some(next => isSuccess(next) && next.resource !== 'script');
}

/** What the recorder says of a request that nobody had answered when the attempt ended. */
const PENDING = 'pending';

/** No answer came, and nobody refused or cut the connection: it was waited for. */
export function isUnanswered(exchange: TrafficEvidence): boolean {
  const { status, failure } = exchange;
  if (failure === PENDING) return true;
  return status === undefined && (failure === undefined || isAbandoned(exchange) || /timeout|timed out/i.test(failure));
}

/** Given up because the page moved on or was closed, not because anything was wrong. */
export function isAbandoned({ failure }: TrafficEvidence): boolean {
  return (
    failure !== undefined && /ERR_ABORTED|BINDING_ABORTED|disposed|has been closed|cancell?ed|^aborted/i.test(failure)
  );
}
