/** `once('build search index', work)`: one worker of a run does it, and all have its result. */
import { errorSentence, type KeyValueDriver, OptionError } from '@quality-hub/protocol';
import { OnceFailedError } from '../locks/errors.ts';
import { createLocks, type Locks, type LocksOptions } from '../locks/locks.ts';

const KEEP_MS = 86_400_000;

export interface OnceOptions {
  /**
   * Who shares it: all workers of the run, or each worker for itself.
   * @default 'run'
   */
  readonly scope?: 'run' | 'worker';
  /** How often it is tried again, by whoever is next, when it has failed; then all are told. @default 0 */
  readonly retries?: number;
  /** Longest wait for whoever does it, in milliseconds; never more than the running test has left. @default 300000 */
  readonly waitMs?: number;
  /** How long it takes to notice that who did it was killed, in milliseconds. @default 15000 */
  readonly ttlMs?: number;
  readonly signal?: AbortSignal;
}

/** What `work` of `once` is given. */
export interface OnceContext {
  /** Aborts when somebody else may have begun it, because this process stood still or lost the store. */
  readonly signal: AbortSignal;
  /** 1 for the first try. */
  readonly attempt: number;
}

export type OnceWork<T> = (context: OnceContext) => T | Promise<T>;

/**
 * Does `work` in the first worker that asks, and hands its result to all. It is kept as JSON: what JSON cannot hold is refused.
 *
 * @throws {OnceFailedError} (`QH_ONCE_FAILED`) the same for all who ask.
 * @throws {LockTimeoutError} (`QH_LOCK_TIMEOUT`) where it takes longer than the test can wait.
 */
export type Once = <T>(name: string, work: OnceWork<T>, options?: OnceOptions) => Promise<T>;

export interface OnceParts extends Omit<LocksOptions, 'prefix'> {
  /** The run's own part of the store. */
  readonly store: KeyValueDriver;
  readonly run: string;
  /** What this worker has done for itself. */
  readonly memory: Map<string, Promise<unknown>>;
}

type Outcome =
  | { readonly done: true; readonly value?: unknown }
  | { readonly done: false; readonly error: string; readonly by: string | undefined; readonly tries: number };

export function createOnce(parts: OnceParts): Once {
  const locks = createLocks({ ...parts, prefix: `once/${encodeURIComponent(parts.run)}/` });
  return async <T>(name: string, work: OnceWork<T>, options: OnceOptions = {}): Promise<T> => {
    check(name, options);
    if (options.scope === 'worker') return inWorker(parts.memory, name, work, options.signal);
    return (await new OnceForRun(parts, locks, name, options).result(work as OnceWork<unknown>)) as T;
  };
}

class OnceForRun {
  readonly #parts: OnceParts;
  readonly #locks: Locks;
  readonly #name: string;
  readonly #options: OnceOptions;

  constructor(parts: OnceParts, locks: Locks, name: string, options: OnceOptions) {
    this.#parts = parts;
    this.#locks = locks;
    this.#name = name;
    this.#options = options;
  }

  async result(work: OnceWork<unknown>): Promise<unknown> {
    const known = await this.#final();
    if (known !== undefined) return this.#told(known);
    const { retries: _, scope: __, ...wait } = this.#options;
    const mine = await this.#locks.tryAcquire(this.#name, wait.ttlMs === undefined ? {} : { ttlMs: wait.ttlMs });
    if (mine !== undefined) return this.#do(mine, work);
    // All who wait are woken together when it is done.
    const seen = await this.#locks.acquire(this.#name, { ...wait, mode: 'shared' });
    await seen.release();
    const told = await this.#final();
    if (told !== undefined) return this.#told(told);
    // Whoever did it was killed, or it failed and may be tried again: one after the other now.
    return this.#do(await this.#locks.acquire(this.#name, wait), work);
  }

  async #do(lease: Awaited<ReturnType<Locks['acquire']>>, work: OnceWork<unknown>): Promise<unknown> {
    try {
      const before = await this.#read();
      if (before !== undefined && this.#isOver(before)) return this.#told(before);
      const attempt = before?.done === false ? before.tries + 1 : 1;
      let outcome: Outcome;
      let cause: unknown;
      try {
        const value = await Promise.race([work({ signal: lease.signal, attempt }), whenAborted(lease.signal)]);
        outcome = { done: true, ...asJson(this.#name, value) };
      } catch (error) {
        lease.assertHeld();
        cause = error;
        outcome = { done: false, error: errorSentence(error), by: this.#parts.owner.label, tries: attempt };
      }
      lease.assertHeld();
      await this.#parts.store.set(this.#key, JSON.stringify(outcome), { ttlMs: KEEP_MS });
      if (this.#isOver(outcome)) return this.#told(outcome, cause);
    } finally {
      await lease.release();
    }
    // Whoever is first tries again: this one, or one that waits.
    return this.result(work);
  }

  get #key(): string {
    return `once/${encodeURIComponent(this.#name)}`;
  }

  async #read(): Promise<Outcome | undefined> {
    const found = await this.#parts.store.get(this.#key);
    return found && (JSON.parse(found.value) as Outcome);
  }

  async #final(): Promise<Outcome | undefined> {
    const outcome = await this.#read();
    return outcome !== undefined && this.#isOver(outcome) ? outcome : undefined;
  }

  #isOver(outcome: Outcome): boolean {
    return outcome.done || outcome.tries > (this.#options.retries ?? 0);
  }

  #told(outcome: Outcome, cause?: unknown): unknown {
    if (outcome.done) return outcome.value;
    throw new OnceFailedError(this.#name, outcome.error, outcome.by, cause);
  }
}

/** The same for who did it and for who did not: what comes out of JSON. @throws {OptionError} for what JSON cannot hold. */
function asJson(name: string, value: unknown): { readonly value?: unknown } {
  if (value === undefined) return {};
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    // A circle, or a bigint.
  }
  if (text === undefined) {
    throw new OptionError('once', [`the result of ${JSON.stringify(name)} is a ${typeof value} that JSON cannot hold`]);
  }
  return { value: JSON.parse(text) };
}

function inWorker<T>(
  memory: Map<string, Promise<unknown>>,
  name: string,
  work: OnceWork<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  const known = memory.get(name) as Promise<T> | undefined;
  if (known !== undefined) return known;
  const result = (async () => work({ signal: signal ?? new AbortController().signal, attempt: 1 }))().catch(
    (error: unknown) => {
      throw new OnceFailedError(name, errorSentence(error), undefined, error);
    },
  );
  memory.set(name, result);
  return result;
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
}

function check(name: string, { scope = 'run', retries = 0 }: OnceOptions): void {
  const problems: string[] = [];
  if (typeof name !== 'string' || name === '' || name.length > 200)
    problems.push(`name is ${JSON.stringify(name)}, expected 1 to 200 characters`);
  if (scope !== 'run' && scope !== 'worker')
    problems.push(`scope is ${JSON.stringify(scope)}, expected 'run' or 'worker'`);
  if (!Number.isInteger(retries) || retries < 0) problems.push(`retries is ${String(retries)}, expected 0, 1, …`);
  if (problems.length > 0) throw new OptionError('once', problems);
}
