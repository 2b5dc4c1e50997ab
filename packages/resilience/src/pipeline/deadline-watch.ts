/** Watches the deadlines of all calls that run, with one timer. */
import type { Clock } from '../clock.ts';

/** Something with a moment at which it wants to be told. Linked into the watch's list: no object more for each call. */
export interface Watched {
  /** Clock time at which `fire` is called; `Infinity` for never. */
  at: number;
  before: Watched | undefined;
  next: Watched | undefined;
  fire(now: number): void;
}

/**
 * Nearly all calls end before their deadline, so adding and removing is what must cost nothing: two writes into a list. The
 * timer stays where it is when the call that it was set for ends; it then wakes once for nothing and looks for the next
 * moment. It never keeps the process alive.
 */
export class DeadlineWatch {
  readonly #clock: Clock;
  readonly #head: Watched = { at: Number.POSITIVE_INFINITY, before: undefined, next: undefined, fire: () => {} };
  #armedAt = Number.POSITIVE_INFINITY;
  #disarm: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(entry: Watched, at: number): void {
    entry.at = at;
    if (entry.before === undefined) {
      const next = this.#head.next;
      entry.before = this.#head;
      entry.next = next;
      if (next !== undefined) next.before = entry;
      this.#head.next = entry;
    }
    if (at < this.#armedAt) this.#arm(at);
  }

  remove(entry: Watched): void {
    if (entry.before === undefined) return;
    entry.before.next = entry.next;
    if (entry.next !== undefined) entry.next.before = entry.before;
    entry.before = undefined;
    entry.next = undefined;
  }

  #arm(at: number): void {
    this.#disarm?.();
    this.#armedAt = at;
    this.#disarm = this.#clock.after(at - this.#clock.now(), () => this.#wake());
  }

  #wake(): void {
    this.#armedAt = Number.POSITIVE_INFINITY;
    this.#disarm = undefined;
    const now = this.#clock.now();
    const due: Watched[] = [];
    for (let entry = this.#head.next; entry !== undefined; entry = entry.next) if (entry.at <= now) due.push(entry);
    // One that was removed by the firing of another is no longer linked.
    for (const entry of due) if (entry.before !== undefined) entry.fire(now);
    let earliest = Number.POSITIVE_INFINITY;
    for (let entry = this.#head.next; entry !== undefined; entry = entry.next)
      if (entry.at < earliest) earliest = entry.at;
    if (earliest < this.#armedAt) this.#arm(earliest);
  }
}
