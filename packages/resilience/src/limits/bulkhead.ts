/** Lets so many calls of a target run at a time; the others wait in line. */
import { BulkheadFullError } from '../errors.ts';
import type { Call } from '../pipeline/call.ts';
import { WaitingLine } from './waiting-line.ts';

export interface BulkheadOptions {
  /** Calls that run at a time. */
  readonly concurrent: number;
  /** Calls that may wait; more are refused. @default no limit */
  readonly queue?: number;
}

/**
 * A place that becomes free goes straight to the first in line, before anybody else can see it: nobody who has been let into
 * the line is ever refused for a newcomer.
 */
export class Bulkhead {
  readonly #target: string;
  readonly #concurrent: number;
  readonly #queue: number;
  readonly #line = new WaitingLine();
  #running = 0;

  constructor(target: string, { concurrent, queue = Number.POSITIVE_INFINITY }: BulkheadOptions) {
    this.#target = target;
    this.#concurrent = concurrent;
    this.#queue = queue;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#line.length;
  }

  /** Takes a place where one is free. */
  tryEnter(): boolean {
    if (this.#running >= this.#concurrent) return false;
    this.#running++;
    return true;
  }

  /**
   * Waits for a place; the call's end takes it out of the line at once.
   *
   * @throws {BulkheadFullError} (`QH_BULKHEAD_FULL`) if the line is full.
   */
  enter(call: Call): Promise<void> {
    const { priority = 0, doing } = call.options;
    if (this.#line.length >= this.#queue)
      throw new BulkheadFullError(this.#target, { running: this.#running, queued: this.#line.length, doing });
    return call.wait(resolve => {
      // The place is taken over by the one who leaves: `go` is called in its stead.
      const entry = this.#line.add(priority, () => {
        call.hasPlace = true;
        resolve();
      });
      return () => this.#line.remove(entry);
    });
  }

  leave(): void {
    const next = this.#line.shift();
    if (next === undefined) this.#running--;
    else next.go();
  }
}
