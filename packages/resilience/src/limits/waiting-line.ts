/** Calls that wait, in the order in which they will go: higher priority first, then who came first. */

export interface Waiting {
  readonly priority: number;
  readonly go: () => void;
  before: Waiting | undefined;
  next: Waiting | undefined;
}

/** Adding looks from the end, where nearly all belong; leaving in the middle costs nothing. */
export class WaitingLine {
  #first: Waiting | undefined;
  #last: Waiting | undefined;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** How many would go before one of this priority. */
  ahead(priority: number): number {
    let count = this.#length;
    for (let at = this.#last; at !== undefined && at.priority < priority; at = at.before) count--;
    return count;
  }

  add(priority: number, go: () => void): Waiting {
    let after = this.#last;
    while (after !== undefined && after.priority < priority) after = after.before;
    const entry: Waiting = { priority, go, before: after, next: after === undefined ? this.#first : after.next };
    if (entry.next === undefined) this.#last = entry;
    else entry.next.before = entry;
    if (after === undefined) this.#first = entry;
    else after.next = entry;
    this.#length++;
    return entry;
  }

  /** Takes one out that stands in the line. */
  remove(entry: Waiting): void {
    if (entry.before === undefined) this.#first = entry.next;
    else entry.before.next = entry.next;
    if (entry.next === undefined) this.#last = entry.before;
    else entry.next.before = entry.before;
    entry.before = undefined;
    entry.next = undefined;
    this.#length--;
  }

  shift(): Waiting | undefined {
    const first = this.#first;
    if (first !== undefined) this.remove(first);
    return first;
  }
}
