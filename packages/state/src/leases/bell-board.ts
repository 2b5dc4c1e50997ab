/** Wakes those of this process who wait for a lease, when their turn may have come. */

interface Listener {
  readonly names: readonly string[];
  readonly ticket: string | undefined;
  wake(): void;
  end(): void;
}

/** So many rings are kept for tickets to which nobody listens yet. */
const KEPT_RINGS = 10_000;

export class BellBoard {
  readonly #listeners = new Set<Listener>();
  readonly #rung = new Set<string>();
  readonly #onListening: (isAny: boolean) => void;

  /** @param onListening Told when somebody begins to listen, and when nobody does any more. */
  constructor(onListening: (isAny: boolean) => void = () => {}) {
    this.#onListening = onListening;
  }

  /** The turn of `ticket` may have come. It is remembered until somebody listens. */
  ring(ticket: string): void {
    let isHeard = false;
    for (const listener of this.#listeners) {
      if (listener.ticket !== ticket) continue;
      isHeard = true;
      listener.wake();
    }
    if (isHeard) return;
    this.#rung.add(ticket);
    for (const oldest of this.#rung) {
      if (this.#rung.size <= KEPT_RINGS) break;
      this.#rung.delete(oldest);
    }
  }

  /** Something that has one of `names` is gone: for those who listen without a ticket. */
  ringNames(names: Iterable<string>): void {
    const free = new Set(names);
    for (const listener of this.#listeners) {
      if (listener.ticket === undefined && listener.names.some(name => free.has(name))) listener.wake();
    }
  }

  /** Where rings may have been lost. */
  ringAll(): void {
    for (const listener of this.#listeners) listener.wake();
  }

  /** For those who have no ticket, where nobody says what other processes let go. */
  ringTicketless(): void {
    for (const listener of this.#listeners) if (listener.ticket === undefined) listener.wake();
  }

  /** The ticket is used up or given back. */
  forget(ticket: string): void {
    this.#rung.delete(ticket);
  }

  /** Listens from this call on, not only from the first `next`. A ring that comes meanwhile is kept. */
  listen(
    names: readonly string[],
    { signal, ticket }: { readonly signal: AbortSignal; readonly ticket?: string | undefined },
  ): AsyncIterableIterator<string> {
    let isRung = ticket !== undefined && this.#rung.delete(ticket);
    let isOver = signal.aborted;
    let goOn: (() => void) | undefined;
    const listener: Listener = {
      names,
      ticket,
      wake: () => {
        isRung = true;
        goOn?.();
      },
      end: () => {
        isOver = true;
        if (this.#listeners.delete(listener) && this.#listeners.size === 0) this.#onListening(false);
        signal.removeEventListener('abort', listener.end);
        goOn?.();
      },
    };
    if (!isOver) {
      this.#listeners.add(listener);
      if (this.#listeners.size === 1) this.#onListening(true);
      signal.addEventListener('abort', listener.end, { once: true });
    }
    return {
      [Symbol.asyncIterator]() {
        return this;
      },
      async next() {
        if (!isRung && !isOver) {
          await new Promise<void>(resolve => {
            goOn = resolve;
          });
        }
        if (isOver) return { done: true, value: undefined };
        isRung = false;
        return { done: false, value: names[0] ?? '' };
      },
      async return() {
        listener.end();
        return { done: true, value: undefined };
      },
    };
  }

  /** Nothing rings any more. */
  close(): void {
    for (const listener of [...this.#listeners]) listener.end();
    this.#rung.clear();
  }
}
