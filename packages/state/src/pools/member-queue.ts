/** Places in the queues of several members: whoever becomes free first is had, and the other places are given back. */
import type { Lease, LeaseDriver, LeaseOwner } from '@quality-hub/protocol';
import type { LockClock } from '../locks/lock-clock.ts';

/** A place lives as long as a lease would; it is asked for again in time. */
const ASKS_IN_TTL = 3;
/** Each place costs a call; in a larger pool one of so many members is soon free. */
const MOST_PLACES = 16;

interface Place {
  readonly name: string;
  readonly ticket: string;
  readonly stop: AbortController;
  /** When to ask again, also where nothing rings. */
  againAt: number;
  isRung: boolean;
}

export interface MemberQueueOptions {
  readonly driver: LeaseDriver;
  readonly clock: LockClock;
  readonly owner: LeaseOwner;
  readonly ttlMs: number;
  readonly signal: AbortSignal | undefined;
}

export interface FreeMember {
  /** In the table of leases. */
  readonly name: string;
  readonly lease: Lease;
  readonly askedAt: number;
}

export class MemberQueue {
  readonly #options: MemberQueueOptions;
  readonly #places = new Map<string, Place>();
  #wake: (() => void) | undefined;

  constructor(options: MemberQueueOptions) {
    this.#options = options;
  }

  /** It has a place for that member: its turn is learned by {@link next}. */
  has(name: string): boolean {
    return this.#places.has(name);
  }

  /** Takes places for those that it has none for yet. A member that has become free meanwhile is had at once. */
  async join(names: readonly string[]): Promise<FreeMember | undefined> {
    for (const name of names) {
      if (this.#places.has(name)) continue;
      if (this.#places.size >= MOST_PLACES) return undefined;
      const free = await this.#ask(name, undefined);
      if (free !== undefined) return free;
    }
    return undefined;
  }

  /** Waits until a member is free, for `longestMs`, or until the signal aborts. */
  async next(longestMs: number): Promise<FreeMember | undefined> {
    const soonest = Math.min(...[...this.#places.values()].map(({ isRung, againAt }) => (isRung ? 0 : againAt)));
    const untilMs = Math.min(longestMs, soonest - this.#options.clock.now());
    if (untilMs > 0) await this.#ring(untilMs);
    const { clock } = this.#options;
    for (const place of [...this.#places.values()]) {
      if (!place.isRung && clock.now() < place.againAt) continue;
      const free = await this.#ask(place.name, place);
      if (free !== undefined) return free;
    }
    return undefined;
  }

  /** Gives all places back. */
  async leave(): Promise<void> {
    const { driver } = this.#options;
    const places = [...this.#places.values()];
    this.#places.clear();
    await Promise.all(
      places.map(async ({ ticket, stop }) => {
        stop.abort();
        // The ticket is the id of the lease that it leads to.
        if (!(await driver.cancel(ticket).catch(() => false))) await driver.release({ id: ticket }).catch(() => false);
      }),
    );
  }

  async #ask(name: string, place: Place | undefined): Promise<FreeMember | undefined> {
    const { driver, clock, owner, ttlMs } = this.#options;
    const askedAt = clock.now();
    if (place !== undefined) place.isRung = false;
    const ticket = place === undefined ? {} : { ticket: place.ticket };
    const answer = await driver.acquire([{ name }], { owner, ttlMs, ...ticket });
    if (answer.granted) {
      place?.stop.abort();
      this.#places.delete(name);
      return { name, lease: answer.lease, askedAt };
    }
    const againAt = clock.now() + Math.min(answer.againInMs, ttlMs / ASKS_IN_TTL);
    if (place !== undefined && answer.ticket === place.ticket) place.againAt = againAt;
    else if (answer.ticket !== undefined) this.#listen(name, answer.ticket, againAt);
    return undefined;
  }

  #listen(name: string, ticket: string, againAt: number): void {
    this.#places.get(name)?.stop.abort();
    const place: Place = { name, ticket, stop: new AbortController(), againAt, isRung: false };
    this.#places.set(name, place);
    const rings = this.#options.driver.released([name], { signal: place.stop.signal, ticket });
    void (async () => {
      try {
        for await (const _ of rings) {
          place.isRung = true;
          this.#wake?.();
        }
      } catch {
        // Without wake-ups the places are asked for again in time.
      }
    })();
  }

  async #ring(longestMs: number): Promise<void> {
    const { clock, signal } = this.#options;
    if (signal?.aborted) return;
    await new Promise<void>(resolve => {
      // Somebody waits: without this timer the process could end under them.
      const cancel = clock.after(longestMs, () => done(), { keepAlive: true });
      const done = (): void => {
        cancel();
        signal?.removeEventListener('abort', done);
        this.#wake = undefined;
        resolve();
      };
      this.#wake = done;
      signal?.addEventListener('abort', done, { once: true });
    });
  }
}
