/** All leases that one process holds: none of its calls goes out while one of them is lost. */

/** What a fence knows of a lease. */
interface Fenced {
  readonly headers: Readonly<Record<string, string>>;
  assertHeld(): void;
}

const HEADER = 'x-qh-fencing-token';

export class Fence {
  readonly #leases = new Set<Fenced>();

  add(lease: Fenced): void {
    this.#leases.add(lease);
  }

  delete(lease: Fenced): void {
    this.#leases.delete(lease);
  }

  /** @throws {LockLostError} (`QH_LOCK_LOST`) while a lease that was not given back is lost. */
  readonly check = (): void => {
    for (const lease of this.#leases) lease.assertHeld();
  };

  /** Tokens of all of them, for a service that refuses older ones; undefined where nothing is held. */
  get headers(): Readonly<Record<string, string>> | undefined {
    if (this.#leases.size === 0) return undefined;
    return { [HEADER]: [...this.#leases].map(({ headers }) => headers[HEADER]).join(', ') };
  }
}
