/** What became of locks lately, for people who look for who held what: a ring of entries in the store. */
import type { KeyValueDriver, LeaseOwner } from '@quality-hub/protocol';

const PREFIX = 'locks/history/';
/** Counts all that was written; beside the entries, so that it is not listed with them. */
const COUNTER = 'locks/history-count';
/** Entries that are kept: the next one takes the place of the oldest, and what became of a lease that of its grant. */
const ENTRIES = 200;
/** Others count as well; after so many tries a place is shared, which costs an entry. */
const TRIES = 5;
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
  /** Places of leases that are held, by their tokens. */
  readonly #granted = new Map<number, number>();
  #writing: Promise<unknown> = Promise.resolve();

  constructor(store: KeyValueDriver, now: () => number = Date.now) {
    this.#store = store;
    this.#now = now;
  }

  /** Nobody waits for it, and a store that fails costs the entry only. */
  add(event: LockEvent): void {
    const told: ToldLockEvent = { at: new Date(this.#now()).toISOString(), ...event };
    this.#writing = this.#writing.then(() => this.#write(told)).catch(() => undefined);
  }

  async #write(told: ToldLockEvent): Promise<void> {
    const { event, token } = told;
    const isEnd = event === 'released' || event === 'lost';
    const slot = (isEnd && token !== undefined ? this.#granted.get(token) : undefined) ?? (await this.#next());
    if (token !== undefined && isEnd) this.#granted.delete(token);
    if (token !== undefined && event === 'granted') this.#granted.set(token, slot);
    await this.#store.set(`${PREFIX}${slot}`, JSON.stringify(told), { ttlMs: KEEP_MS });
  }

  async #next(): Promise<number> {
    for (let tries = 1; ; tries++) {
      const found = await this.#store.get(COUNTER);
      const count = Number(found?.value ?? 0);
      const isMine = await this.#store.set(COUNTER, String(count + 1), { ifVersion: found?.version ?? 0 });
      if (isMine !== undefined || tries === TRIES) return count % ENTRIES;
    }
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
