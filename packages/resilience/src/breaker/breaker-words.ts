/** The words in which a breaker speaks of itself. */
import type { Clock } from '../clock.ts';

export type BreakerState = 'closed' | 'open' | 'half-open';

/** How a call that was let through has ended; `ignored` says nothing about the dependency. */
export type CallResult = 'ok' | 'failed' | 'ignored';

export interface BreakerChange {
  readonly target: string;
  readonly from: BreakerState;
  readonly to: BreakerState;
  readonly reason: string;
  /** When a call will be let through again, as ISO 8601; where it is open. */
  readonly retryAt?: string;
  /** Who has done it: calls of this process, another process, or somebody by hand. */
  readonly by: 'calls' | 'others' | 'hand';
}

export interface BreakerStatus {
  readonly target: string;
  readonly state: BreakerState;
  readonly held: 'open' | 'closed' | undefined;
  readonly reason: string | undefined;
  readonly retryAt: string | undefined;
  readonly openedAt: string | undefined;
  /** How often it has opened, and how long it has been open or half open in all, in milliseconds. */
  readonly opened: number;
  readonly openForMs: number;
  /** What its failed calls have taken in all, in milliseconds: from it follows what refused ones have saved. */
  readonly failedForMs: number;
  readonly calls: { readonly ok: number; readonly failed: number; readonly ignored: number; readonly refused: number };
}

export interface Outage {
  readonly reason: string;
  /** How long the breaker stays open this time, and how much of that is left, in milliseconds. */
  readonly openMs: number;
  readonly leftMs: number;
}

export interface CircuitSeams {
  readonly clock: Clock;
  /** Wall clock, for what people and other processes read. */
  readonly wallNow: () => number;
  readonly onChange: (change: BreakerChange) => void;
}
