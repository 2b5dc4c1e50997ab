/**
 * Ends the wait for answers that do not come. The client's own limit counts until a command is written; a server that hangs
 * would be waited for without end. One timer looks after all calls: one for each costs as much as the call.
 */
const LOOK_MS = 50;

const SILENCE = 'no answer';

/** No answer has come in time. */
export function isSilence(error: unknown): boolean {
  return error instanceof Error && error.message === SILENCE;
}

interface Waiting {
  readonly deadline: number;
  readonly reject: (error: Error) => void;
}

export class TimeLimits {
  readonly #waiting = new Set<Waiting>();
  #timer: NodeJS.Timeout | undefined;

  /** @throws {Error} "no answer" after `leftMs`; until then the process stays alive for it: sockets do not keep it so. */
  within<T>(answer: Promise<T>, leftMs: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const one = { deadline: performance.now() + leftMs, reject };
      const end = (): void => {
        this.#waiting.delete(one);
        if (this.#waiting.size === 0) this.#timer?.unref();
      };
      this.#timer ??= setInterval(() => this.#look(), LOOK_MS);
      this.#timer.ref();
      this.#waiting.add(one);
      answer.then(
        value => {
          end();
          resolve(value);
        },
        error => {
          end();
          reject(error);
        },
      );
    });
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    for (const { reject } of this.#waiting) reject(new Error('the connection is closed'));
  }

  #look(): void {
    const now = performance.now();
    for (const { deadline, reject } of this.#waiting) if (deadline <= now) reject(new Error(SILENCE));
  }
}
