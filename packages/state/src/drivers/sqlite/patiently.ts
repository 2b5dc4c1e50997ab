/** Access to the file while other processes use it. */
import { isQualityHubError, sqliteFileTrouble } from '@quality-hub/protocol';
import { closedError } from '../../errors.ts';
import { type StateFile, stateErrorOf } from './sqlite-file.ts';

export interface Waiting {
  readonly path: string;
  readonly waitMs: number;
}

/** A file that is open, and how long its calls wait for others. */
export class SharedFile {
  readonly #file: StateFile;
  readonly #waiting: Waiting;
  #users = 0;

  constructor(file: StateFile, waiting: Waiting) {
    this.#file = file;
    this.#waiting = waiting;
  }

  get path(): string {
    return this.#waiting.path;
  }

  /** The function that is returned takes it back; the last one closes the file. */
  use(): () => void {
    this.#users++;
    let isUsed = true;
    return () => {
      if (!isUsed) return;
      isUsed = false;
      if (--this.#users === 0) this.#file.close();
    };
  }

  run<T>(work: (file: StateFile) => T): Promise<T> {
    return patiently(this.#waiting, () => {
      if (!this.#file.isOpen) throw closedError(this.path);
      return work(this.#file);
    });
  }
}

/**
 * Repeats `work` while another process holds the file. SQLite's own waiting would stop this process as a whole, and with
 * it the timers of every other call.
 */
export async function patiently<T>({ path, waitMs }: Waiting, work: () => T): Promise<T> {
  const deadline = performance.now() + waitMs;
  for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, 50)) {
    try {
      return work();
    } catch (error) {
      if (sqliteFileTrouble(error) !== 'busy' || performance.now() >= deadline) {
        // What our own checks inside of `work` say is said already.
        throw isQualityHubError(error) ? error : stateErrorOf(path, error, waitMs);
      }
    }
    await new Promise(resolve => setTimeout(resolve, pauseMs));
  }
}
