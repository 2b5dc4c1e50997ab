/** In which order entries are removed: what belongs to something goes before it, and what is independent at the same time. */
import type { LedgerEntry } from '../ledger/ledger.ts';

export class RemovalOrder {
  /** Newest first: what was made last is removed first. */
  readonly #waiting: Map<string, LedgerEntry>;
  /** By entry: those that have to go before it. */
  readonly #before = new Map<string, Set<string>>();
  /** By entry: one that needs it and stays. */
  readonly #kept = new Map<string, LedgerEntry>();
  #running = 0;

  /** @param staying What is not to be removed now: what it needs stays as well. */
  constructor(entries: readonly LedgerEntry[], staying: readonly LedgerEntry[]) {
    const sorted = [...entries].sort((a, b) => b.intendedAt - a.intendedAt || (a.id < b.id ? 1 : -1));
    this.#waiting = new Map(sorted.map(entry => [entry.id, entry]));
    for (const entry of sorted) {
      for (const need of entry.needs) {
        const before = this.#before.get(need) ?? new Set();
        this.#before.set(need, before.add(entry.id));
      }
    }
    for (const entry of staying) if (!this.#waiting.has(entry.id)) this.#keep(entry);
  }

  get isDone(): boolean {
    return this.#waiting.size === 0 && this.#running === 0;
  }

  /** One that may be removed now; undefined while all have to wait for those that are being removed. */
  next(): LedgerEntry | undefined {
    for (const entry of this.#waiting.values()) {
      if ((this.#before.get(entry.id)?.size ?? 0) === 0) return this.#take(entry);
    }
    // What needs each other has been linked after it was made: the newest goes first, as it was made last.
    const [newest] = this.#running === 0 ? this.#waiting.values() : [];
    return newest && this.#take(newest);
  }

  /** Something that stays needs it: then it cannot go either. */
  keptBy(entry: LedgerEntry): LedgerEntry | undefined {
    return this.#kept.get(entry.id);
  }

  ended(entry: LedgerEntry, isGone: boolean): void {
    this.#running--;
    for (const need of entry.needs) this.#before.get(need)?.delete(entry.id);
    if (!isGone) this.#keep(entry);
  }

  #take(entry: LedgerEntry): LedgerEntry {
    this.#waiting.delete(entry.id);
    this.#running++;
    return entry;
  }

  #keep(entry: LedgerEntry): void {
    for (const need of entry.needs) if (need !== entry.id) this.#kept.set(need, entry);
  }
}
