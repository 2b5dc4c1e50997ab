/** Makes one request of secrets that are asked for at the same moment. */
import type { StoredSecret } from '@quality-hub/protocol';

/** What was found by each name; a failure stands for itself. */
export type Found = ReadonlyMap<string, StoredSecret | Error>;

/** As many as one request may name. @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_BatchGetSecretValue.html */
const MOST = 20;

interface Waiting {
  readonly result: Promise<StoredSecret>;
  readonly resolve: (secret: StoredSecret) => void;
  readonly reject: (error: unknown) => void;
}

export interface BatchedReadsOptions {
  readonly one: (path: string) => Promise<StoredSecret>;
  /** Undefined where there may be no batches: each is asked for by itself from then on. */
  readonly many: (paths: readonly string[]) => Promise<Found | undefined>;
}

export class BatchedReads {
  readonly #options: BatchedReadsOptions;
  #waiting = new Map<string, Waiting>();
  #allowed: boolean;

  constructor(options: BatchedReadsOptions, allowed: boolean) {
    this.#options = options;
    this.#allowed = allowed;
  }

  read(path: string): Promise<StoredSecret> {
    if (!this.#allowed) return this.#options.one(path);
    const there = this.#waiting.get(path);
    if (there !== undefined) return there.result;
    // Who asks in the same turn of the event loop comes along.
    if (this.#waiting.size === 0) setImmediate(() => this.#flush());
    const { promise: result, resolve, reject } = Promise.withResolvers<StoredSecret>();
    this.#waiting.set(path, { result, resolve, reject });
    return result;
  }

  #flush(): void {
    const all = [...this.#waiting];
    this.#waiting = new Map();
    for (let from = 0; from < all.length; from += MOST) void this.#ask(new Map(all.slice(from, from + MOST)));
  }

  async #ask(waiting: ReadonlyMap<string, Waiting>): Promise<void> {
    const each = (): void => {
      for (const [path, { resolve, reject }] of waiting) this.#options.one(path).then(resolve, reject);
    };
    if (waiting.size === 1) return each();
    try {
      const found = await this.#options.many([...waiting.keys()]);
      if (found === undefined) {
        this.#allowed = false;
        return each();
      }
      for (const [path, { resolve, reject }] of waiting) {
        const result = found.get(path);
        if (result === undefined) this.#options.one(path).then(resolve, reject);
        else if (result instanceof Error) reject(result);
        else resolve(result);
      }
    } catch (error) {
      for (const { reject } of waiting.values()) reject(error);
    }
  }
}
