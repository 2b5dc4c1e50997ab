/** Counts what becomes of the connections to each origin. */
import type { OriginStatistics } from './transport.ts';

/** One socket-wide place of a pool, through its connections. */
export interface Connection {
  readonly counts: OriginCounts;
  /** Requests that the open connection has served. */
  served: number;
  /** How long the last connecting took, until a request has told it. */
  connectMs: number | undefined;
}

/** Plain numbers that are written on the hot path. */
export interface OriginCounts {
  readonly origin: string;
  requests: number;
  opened: number;
  closed: number;
  reused: number;
  waits: number;
  waitedMs: number;
  failed: number;
  busy: number;
  /** Calls that have been given to the pool and have not ended, those that wait too. */
  inFlight: number;
}

export function newCounts(origin: string): OriginCounts {
  return {
    origin,
    requests: 0,
    opened: 0,
    closed: 0,
    reused: 0,
    waits: 0,
    waitedMs: 0,
    failed: 0,
    busy: 0,
    inFlight: 0,
  };
}

export function statisticsOf(counts: OriginCounts): OriginStatistics {
  const { inFlight: _, ...told } = counts;
  return { ...told, open: counts.opened - counts.closed };
}
