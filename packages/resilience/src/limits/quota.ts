/** So many calls for the whole run, and not one more. */
import type { KeyValueDriver } from '@quality-hub/protocol';
import { atMost } from '../at-most.ts';
import type { Clock } from '../clock.ts';

export interface QuotaOptions {
  /** Calls in the run, of all its workers together where they share a store. */
  readonly calls: number;
}

/** Where the workers of a run count together. */
export interface SharedCount {
  readonly driver: KeyValueDriver;
  readonly clock: Clock;
  readonly key: string;
}

/** As often as a write is lost to another worker, another has made progress. */
const MOST_TRIES = 200;

/**
 * Workers that share a store take their calls from it in pieces (a fiftieth of what is left), so that most calls ask nobody. What
 * a worker has taken and not used when the run ends is lost: the quota may be left a little early, it is never passed. Where
 * the store fails or hangs, each worker counts for itself from there on: a store must not stop calls.
 */
export class Quota {
  readonly calls: number;
  #shared: SharedCount | undefined;
  #taken = 0;
  #left: number;
  #usedUp = false;
  #taking: Promise<void> | undefined;

  constructor({ calls }: QuotaOptions, shared?: SharedCount) {
    this.calls = calls;
    this.#shared = shared;
    this.#left = shared === undefined ? calls : 0;
  }

  /** Takes one call: at once where there is one at hand. False: used up. */
  take(): boolean | Promise<boolean> {
    if (this.#left > 0) return this.#takeOne();
    if (this.#shared === undefined || this.#usedUp) return false;
    return this.#takeShared(this.#shared);
  }

  async #takeShared(shared: SharedCount): Promise<boolean> {
    while (this.#left === 0 && !this.#usedUp && this.#shared !== undefined) {
      const alone = (): void => this.#countAlone();
      this.#taking ??= atMost(shared.clock, this.#takePiece(shared), alone)
        .catch(alone)
        .finally(() => {
          this.#taking = undefined;
        });
      await this.#taking;
    }
    return this.#left > 0 && this.#takeOne();
  }

  #countAlone(): void {
    this.#shared = undefined;
    this.#left = this.calls - this.#taken;
    this.#usedUp = this.#left <= 0;
  }

  #takeOne(): true {
    this.#left--;
    this.#taken++;
    return true;
  }

  async #takePiece({ driver, key }: SharedCount): Promise<void> {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const found = await driver.get(key);
      const used = found === undefined ? 0 : Number(found.value);
      const piece = Math.min(this.calls - used, Math.max(1, Math.floor((this.calls - used) / 50)));
      if (piece <= 0) {
        this.#usedUp = true;
        return;
      }
      const written = await driver.set(key, String(used + piece), { ifVersion: found?.version ?? 0 });
      if (written === undefined) continue;
      // It came too late: this worker counts for itself since.
      if (this.#shared === undefined) return;
      this.#left += piece;
      return;
    }
    // A store that cannot be written to must not let more calls through than it was told to.
    this.#usedUp = true;
  }
}
