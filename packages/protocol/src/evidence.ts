/** What fixtures saw during an attempt: the facts from which verdicts are made. */

/** One request seen on a page, on the built-in `request` fixture, or on a watched context. No headers, no bodies, no query. */
export interface TrafficEvidence {
  readonly kind: 'traffic';
  readonly source: 'page' | 'request';
  readonly method: string;
  /** Origin and path; the query and the fragment are left out, they may hold secrets. */
  readonly url: string;
  /** HTTP status; absent when no response came. */
  readonly status?: number;
  /** Why no response came, such as `net::ERR_CONNECTION_REFUSED` or `ECONNRESET`. */
  readonly failure?: string;
  readonly durationMs: number;
  /** Playwright's resource type, for pages: `document`, `fetch`, `script` … */
  readonly resource?: string;
  /** From the response's `Retry-After`, in milliseconds. */
  readonly retryAfterMs?: number;
}

/** How much traffic an attempt had; the single entries are only the last ones. */
export interface TrafficCountsEvidence {
  readonly kind: 'traffic.counts';
  readonly requests: number;
  readonly failed: number;
  /** Responses by hundred: `{ '2': 40, '5': 1 }`. */
  readonly byClass: Readonly<Record<string, number>>;
  /** Entries that are not listed because only the last 50 are kept. */
  readonly omitted: number;
}

/** An uncaught exception on a page, or a crash of it. */
export interface PageErrorEvidence {
  readonly kind: 'page.error';
  readonly type: 'exception' | 'crash';
  readonly message: string;
  readonly url?: string;
}

/** A console message of level error. */
export interface ConsoleEvidence {
  readonly kind: 'console.error';
  readonly message: string;
  readonly url?: string;
}

/** One call of a resilient client, all its tries together. */
export interface CallEvidence {
  readonly kind: 'call';
  readonly dependency: string;
  readonly operation: string;
  readonly outcome: 'ok' | 'failed' | 'refused' | 'timeout' | 'aborted';
  readonly attempts: number;
  readonly durationMs: number;
  readonly status?: number;
  readonly errorCode?: string;
  /** Scheme, host and port of the server. */
  readonly origin?: string;
  /** What the call waited: between attempts, for a rate limit, for its turn, for a connection. */
  readonly waitedMs?: number;
  /** What refused it without asking the server; `outcome` is `refused`, or `timeout` where its time was over. */
  readonly refusedBy?: 'breaker' | 'rate-limit' | 'bulkhead' | 'quota' | 'deadline' | 'retry-budget';
  /** The connection had served a call before. */
  readonly reusedConnection?: boolean;
  /** Looking the name up, TCP and TLS, where the call opened a connection. */
  readonly connectMs?: number;
  /** From sending to the first bytes of the answer, in the last attempt. */
  readonly firstByteMs?: number;
  /** Of the bodies. */
  readonly sentBytes?: number;
  readonly receivedBytes?: number;
  /** What the server asked to wait, where the call failed. */
  readonly retryAfterMs?: number;
  /** 32 hex digits of the trace that the call was sent in. */
  readonly traceId?: string;
}

/** A circuit breaker changed its state. */
export interface BreakerEvidence {
  readonly kind: 'breaker';
  readonly dependency: string;
  readonly from: 'closed' | 'open' | 'half-open';
  readonly to: 'closed' | 'open' | 'half-open';
  readonly reason: string;
  readonly retryAt?: string;
}

/** The attempt waited for a lease, a lock or a pool member. */
export interface LeaseEvidence {
  readonly kind: 'lease';
  readonly resource: string;
  readonly outcome: 'granted' | 'lost' | 'timeout';
  readonly waitedMs: number;
  /** Who had it, in words. */
  readonly holder?: string;
  /** Identity key of the test that had it, where it is known. */
  readonly other?: string;
  /** Who waited in vain had all of it already. */
  readonly hadItself?: boolean;
  /** Why, in a sentence. */
  readonly detail?: string;
}

/** Two tests wanted the same thing: a unique value, a row, an account. */
export interface ConflictEvidence {
  readonly kind: 'conflict';
  readonly resource: string;
  readonly detail: string;
  /** Identity key of the other test, where it is known. */
  readonly other?: string;
}

/**
 * What became of a secret; never its value. Good: read (`ok`), another value than before (`rotated`), the version before the
 * current one because that one was refused (`previous`), an old value while its store is down (`stale`), that of the
 * configuration (`default`). The rest is trouble: of the secret, of its store (`sealed`, `throttled`, `unreachable`, `skew`), of a
 * rule of the configuration (`refused`), or with a service that takes none of its versions (`rejected`).
 */
export type SecretOutcome =
  | 'ok'
  | 'rotated'
  | 'previous'
  | 'stale'
  | 'default'
  | 'missing'
  | 'denied'
  | 'expired'
  | 'revoked'
  | 'invalid'
  | 'rejected'
  | 'refused'
  | 'sealed'
  | 'throttled'
  | 'unreachable'
  | 'skew';

/** A secret was read, or could not be; never its value. */
export interface SecretEvidence {
  readonly kind: 'secret';
  readonly name: string;
  readonly outcome: SecretOutcome;
  /** Name of its store; a secret that is `missing` without one is not named by the configuration. */
  readonly store?: string;
  readonly version?: string;
  readonly ageMs?: number;
  readonly expiresAt?: string;
  /** The client or database that it was read for. */
  readonly dependency?: string;
  /** Why, in a sentence. */
  readonly detail?: string;
  /** What to do, as its store says it. */
  readonly hint?: string;
}

/** A test has heard what a feature flag is; its value is not told. */
export interface FlagEvidence {
  readonly kind: 'flag';
  readonly name: string;
  readonly variant: string;
  /** In the words of OpenFeature: `STATIC`, `DEFAULT`, `TARGETING_MATCH`, `SPLIT` …; `OVERRIDE` where the test or the run has set it. */
  readonly reason: string;
  /** Name of the provider; of an override what has set it, such as `QH_FLAGS`. */
  readonly provider: string;
}

/** State of a dependency as a health probe saw it, or that a test went on with less than it wanted of it. */
export interface HealthEvidence {
  readonly kind: 'health';
  readonly dependency: string;
  readonly state: 'healthy' | 'degraded' | 'down';
  /** What worked less well: a call gave its fallback instead. `state` is `degraded`. */
  readonly feature?: string;
  readonly detail?: string;
}

/** A database operation that failed or was slow. */
export interface DatabaseEvidence {
  readonly kind: 'database';
  readonly database: string;
  readonly operation: string;
  readonly durationMs: number;
  readonly errorCode?: string;
  readonly message?: string;
}

/**
 * What the connections from a client to one server came to since the worker told of them before: the sum over all such
 * evidence of a run is that of the run.
 */
export interface PoolEvidence {
  readonly kind: 'pool';
  /** Name of the client or database. */
  readonly dependency: string;
  /** Origin of an API; what errors call the server of a database. */
  readonly server: string;
  /** Connections that were opened. */
  readonly opened: number;
  /** Connections that could not be opened, or were found broken. */
  readonly broken: number;
  /** Calls that went over a connection which had served one before. */
  readonly reused: number;
  /** Calls that waited because all connections were in use, and how long all of them together. */
  readonly waits: number;
  readonly waitedMs: number;
}

/** Removal of something a test had created. */
export interface CleanupEvidence {
  readonly kind: 'cleanup';
  readonly record: string;
  readonly outcome: 'gone' | 'failed' | 'skipped';
  readonly detail?: string;
}

/** Where the log lines of this attempt are. */
export interface LogEvidence {
  readonly kind: 'log';
  readonly path: string;
  readonly fromByte: number;
  readonly toByte: number;
  readonly errors: number;
}

/** A sample of the worker's or the machine's resources. */
export interface ResourceEvidence {
  readonly kind: 'resource';
  readonly rssBytes: number;
  readonly heapBytes?: number;
  readonly cpu01?: number;
  readonly freeMemoryBytes?: number;
  readonly freeDiskBytes?: number;
  readonly eventLoopDelayMs?: number;
}

/** A fact that a test or an extension adds by itself through `hub.evidence()`. */
export interface NoteEvidence {
  readonly kind: 'note';
  readonly name: string;
  readonly data?: unknown;
}

export type Evidence =
  | TrafficEvidence
  | TrafficCountsEvidence
  | PageErrorEvidence
  | ConsoleEvidence
  | CallEvidence
  | BreakerEvidence
  | LeaseEvidence
  | ConflictEvidence
  | SecretEvidence
  | FlagEvidence
  | HealthEvidence
  | DatabaseEvidence
  | PoolEvidence
  | CleanupEvidence
  | LogEvidence
  | ResourceEvidence
  | NoteEvidence;

export type EvidenceKind = Evidence['kind'];

/** Evidence with its own number, so that it counts once, whether it arrives by journal, by attachment or by both. */
export interface EvidenceRecord {
  readonly writer: string;
  readonly seq: number;
  readonly at: string;
  readonly evidence: Evidence;
}

/** Name of the attachment that carries an attempt's evidence from the worker to the reporters and through blobs. */
export const EVIDENCE_ATTACHMENT = '_qh:evidence';
/** `application/json`, so that blobs carry it and the HTML report stores it inline. */
export const EVIDENCE_CONTENT_TYPE = 'application/json';

/** Body of the evidence attachment. */
export interface EvidenceBundle {
  readonly v: number;
  readonly runId?: string;
  readonly records: readonly EvidenceRecord[];
}
