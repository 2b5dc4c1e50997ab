/** What became of locks lately, for people who look for who held what: a ring of entries in the store. */
import type { KeyValueDriver, LeaseOwner } from '@quality-hub/protocol';

const PREFIX = 'locks/history/';
/** Leases that are kept: the next one takes the place of the oldest, and what it came to that of its grant. */
const LEASES = 200;
/** All else has a place for each second of the last minutes. */
const SECONDS = 100;
/** An entry that nobody replaces is kept for a week. */
const KEEP_MS = 7 * 86_400_000;

export interface LockEvent {
  readonly event: 'granted' | 'released' | 'lost' | 'timeout' | 'deadlock' | 'broken' | 'quarantined' | 'repaired';
  readonly names: readonly string[];
  readonly owner: LeaseOwner;
  readonly token?: number;
  readonly waitedMs?: number;
  readonly heldMs?: number;
  readonly detail?: string;
}

export interface ToldLockEvent extends LockEvent {
  /** ISO 8601, by the clock of who wrote it. */
  readonly at: string;
}

export class LockHistory {
  readonly #store: KeyValueDriver;
  readonly #now: () => number;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(store: KeyValueDriver, now: () => number = Date.now) {
    this.#store = store;
    this.#now = now;
  }

  /** Nobody waits for it, and a store that fails costs the entry only. */
  add(event: LockEvent): void {
    const at = this.#now();
    const told: ToldLockEvent = { at: new Date(at).toISOString(), ...event };
    // Tokens and seconds are counters that all share without writing one.
    const slot = isOfLease(event) ? `lease/${event.token % LEASES}` : `other/${Math.floor(at / 1000) % SECONDS}`;
    this.#writing = this.#writing
      .then(() => this.#store.set(`${PREFIX}${slot}`, JSON.stringify(told), { ttlMs: KEEP_MS }))
      .catch(() => undefined);
  }

  /** Resolves when all that was added is written. */
  async written(): Promise<void> {
    await this.#writing;
  }

  /** The newest last. */
  async read(): Promise<readonly ToldLockEvent[]> {
    const entries = await this.#store.list(PREFIX);
    return entries
      .map(({ value, version }) => ({ told: JSON.parse(value) as ToldLockEvent, version }))
      .sort((a, b) => a.told.at.localeCompare(b.told.at) || a.version - b.version)
      .map(({ told }) => told);
  }
}

function isOfLease(event: LockEvent): event is LockEvent & { readonly token: number } {
  return event.token !== undefined && ['granted', 'released', 'lost'].includes(event.event);
}
