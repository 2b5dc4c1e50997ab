/** A cache as its users see it: one namespace of it. */

import { OptionError } from '@quality-hub/protocol';
import type { CacheCore } from './cache-core.ts';
import type { KeyVersion } from './cache-entry.ts';
import type { Invalidation, KeepOptions, LoadOptions } from './cache-options.ts';
import { checkInvalidation, checkKeep, entryOf } from './keep-rules.ts';
import type { KeyIndex } from './memory/memory-tier.ts';
import { namespacePart } from './shared/stored-key.ts';
import type { CacheStatistics } from './statistics.ts';

const NO_OPTIONS: LoadOptions = Object.freeze({});
/** Keys of all namespaces have to fit into what stores take. */
const LONGEST_NAMESPACE = 150;
const AT_A_TIME = 8;

/** A value to have before it is asked for. */
export interface WarmUpEntry<T = unknown> extends Omit<LoadOptions, 'signal'> {
  readonly key: string;
  readonly load: () => T | Promise<T>;
}

export interface WarmUpResult {
  readonly ready: number;
  /** Keys whose load has failed, with what it threw: the next who asks loads again. */
  readonly failed: readonly { readonly key: string; readonly error: unknown }[];
}

/**
 * Values in memory, and below that in a store that is kept between runs or shared by machines.
 *
 * Values are frozen: all who ask get the same one. What fails below memory costs a load, and never fails a caller.
 */
export class Cache {
  readonly #core: CacheCore;
  readonly #namespace: string;
  readonly #index: KeyIndex;
  readonly #now: () => number;
  readonly #ttlMs: number;
  readonly #close: () => Promise<void>;

  constructor(core: CacheCore, namespace: string, ttlMs: number, close: () => Promise<void>) {
    this.#core = core;
    this.#namespace = namespace;
    this.#index = core.memory.indexOf(namespace);
    this.#now = core.now;
    this.#ttlMs = ttlMs;
    this.#close = close;
  }

  /** A part with keys of its own; invalidating this one invalidates it too. Closing it leaves the cache open. */
  namespace(name: string): Cache {
    const part = namespacePart(name);
    const whole = this.#namespace === '' ? part : `${this.#namespace}/${part}`;
    if (name === '' || whole.length > LONGEST_NAMESPACE) {
      throw new OptionError('cache.namespace', [
        `${JSON.stringify(whole)} has ${whole.length} characters, expected 1 to ${LONGEST_NAMESPACE}`,
      ]);
    }
    return new Cache(this.#core, whole, this.#ttlMs, async () => {});
  }

  /**
   * The value where it is in memory and right; at once, without a promise. The clock is looked at once in each turn of the event
   * loop.
   */
  peek<T = unknown>(key: string, version?: KeyVersion): T | undefined {
    const entry = this.#index.get(key);
    if (entry === undefined || entry.version !== version || entry.freshUntil <= this.#now()) return undefined;
    this.#core.used(entry);
    return entry.value as T;
  }

  /** The value where any tier has it and it is right. */
  async get<T = unknown>(key: string, version?: KeyVersion): Promise<T | undefined> {
    checkKeep(key, NO_OPTIONS);
    return (await this.#core.find(this.#namespace, key, version))?.value as T | undefined;
  }

  /** @throws {OptionError} (`QH_OPTION`) for options that are none. */
  async set(key: string, value: unknown, options: KeepOptions = NO_OPTIONS): Promise<void> {
    checkKeep(key, options);
    const entry = entryOf({ namespace: this.#namespace, key, value, loadedAt: this.#now() }, options, this.#ttlMs);
    await this.#core.keep(entry);
  }

  /**
   * The value, from `load` where no tier has it. All who ask meanwhile, here and with leases in every process, get what one load
   * gives. A load that was begun before its value was invalidated is given to those who asked, and not kept.
   *
   * @throws what `load` throws, where no old value may serve. @throws {OptionError} (`QH_OPTION`)
   */
  async getOrLoad<T>(key: string, load: () => T | Promise<T>, options: LoadOptions = NO_OPTIONS): Promise<T> {
    checkKeep(key, options);
    const { signal } = options;
    signal?.throwIfAborted();
    const answer = this.#core.answer({ namespace: this.#namespace, key, load, options });
    const entry = signal === undefined ? await answer : await unlessAborted(answer, signal);
    return entry.value as T;
  }

  async delete(key: string): Promise<void> {
    await this.invalidate({ key });
  }

  /** In this namespace and those below, in every tier and in every process; others hear of it within a second of their next call. */
  async invalidate(what: Invalidation): Promise<void> {
    checkInvalidation(what);
    const { olderThanMs, ...rest } = what;
    await this.#core.invalidate({
      namespace: this.#namespace,
      ...rest,
      ...(olderThanMs !== undefined && { loadedBefore: this.#now() - olderThanMs }),
    });
  }

  /** Everything of this namespace and those below. */
  async clear(): Promise<void> {
    await this.#core.invalidate({ namespace: this.#namespace });
  }

  /**
   * A record was made, changed or removed: values tagged with its kind (`order`), and with itself (`order:17`), are not right any
   * more, in whatever namespace. Without an id, all of its kind.
   */
  async changed(kind: string, id?: string | number): Promise<void> {
    await this.#core.invalidate({ namespace: '', tag: kind }, { namespace: '', tag: `${kind}:${id ?? '*'}` });
  }

  /** Loads what is not there; never throws for a load. */
  async warmUp(
    entries: readonly WarmUpEntry[],
    { atATime = AT_A_TIME }: { readonly atATime?: number } = {},
  ): Promise<WarmUpResult> {
    const failed: { key: string; error: unknown }[] = [];
    const rest = entries.values();
    const next = async (): Promise<void> => {
      for (const { key, load, ...options } of rest) {
        try {
          await this.getOrLoad(key, load, options);
        } catch (error) {
          failed.push({ key, error });
        }
      }
    };
    await Promise.all(Array.from({ length: Math.max(1, atATime) }, next));
    return { ready: entries.length - failed.length, failed };
  }

  /** Hears now what other processes have invalidated: before a test, say. */
  async refresh(): Promise<void> {
    await this.#core.look();
  }

  /** Of the whole cache, since it was opened. */
  statistics(): CacheStatistics {
    const { counts, memory } = this.#core;
    return { ...counts, memoryEntries: memory.entries, memoryBytes: memory.bytes };
  }

  /** Waits for loads that are on, 5 s at most, and for what others have to be told. The store stays open: it belongs to whoever opened it. */
  close(): Promise<void> {
    return this.#close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
