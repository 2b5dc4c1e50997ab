/** One token for all workers of a run: kept in memory and in a shared store, fetched by one of them at a time. */
import { randomUUID } from 'node:crypto';
import type { KeyValueDriver } from '@quality-hub/protocol';
import { AuthBusyError } from '../errors.ts';
import { openText, sealText } from './seal-text.ts';
import { isAlive, isFresh, readToken, type Token } from './token.ts';

export interface SharedTokenOptions {
  readonly store: KeyValueDriver | undefined;
  readonly key: string;
  /** Seals what the store holds. */
  readonly sealKey: string | undefined;
  /** Longest time of one fetch; a right to fetch ends by itself after it. In milliseconds. */
  readonly timeoutMs: number;
  readonly now: () => number;
  readonly sleep: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
  /** Gets a new token, from the refresh token of the one before where it has one. */
  readonly fetchToken: (before: Token | undefined, forced: boolean, signal: AbortSignal) => Promise<Token>;
}

/** How often a worker looks whether another one has fetched the token. */
const LOOK_MS = 25;

export class SharedToken {
  readonly #options: SharedTokenOptions;
  #token: Token | undefined;
  #fetching: Promise<Token> | undefined;

  constructor(options: SharedTokenOptions) {
    this.#options = options;
  }

  /**
   * A token that holds. Calls at the same time share one fetch, which goes on where a single caller gives up.
   *
   * @param refused A token that the server does not take any more: it is not given again.
   */
  async get(refused: string | undefined, signal: AbortSignal | undefined): Promise<Token> {
    signal?.throwIfAborted();
    if (isFresh(this.#token, this.#options.now()) && this.#token.accessToken !== refused) return this.#token;
    const fetching = this.#fetching ?? this.#start(refused);
    return signal === undefined ? fetching : untilAborted(fetching, signal);
  }

  /** The one that was last given. */
  get current(): Token | undefined {
    return this.#token;
  }

  #start(refused: string | undefined): Promise<Token> {
    const signal = AbortSignal.timeout(this.#options.timeoutMs);
    const fetching = this.#find(refused, signal)
      .then(token => {
        this.#token = token;
        return token;
      })
      .finally(() => {
        this.#fetching = undefined;
      });
    this.#fetching = fetching;
    return fetching;
  }

  async #find(refused: string | undefined, signal: AbortSignal): Promise<Token> {
    const { store, key, timeoutMs, now, sleep } = this.#options;
    if (store === undefined) return this.#renew(this.#token, refused, signal);
    const until = now() + 2 * timeoutMs;
    for (;;) {
      const stored = await this.#read(store);
      if (isFresh(stored.token, now()) && stored.token.accessToken !== refused) return stored.token;
      const owner = randomUUID();
      const held = await store.set(`${key}/fetching`, owner, { ifVersion: 0, ttlMs: timeoutMs });
      if (held !== undefined) {
        try {
          return await this.#renewStored(store, refused, signal);
        } finally {
          await store.delete(`${key}/fetching`, { ifVersion: held });
        }
      }
      // Another worker fetches it. What it has now is good enough while it holds.
      if (isAlive(stored.token, now()) && stored.token.accessToken !== refused) return stored.token;
      if (now() >= until)
        throw new AuthBusyError(`Another worker has been fetching the token for more than ${timeoutMs} ms`);
      await sleep(LOOK_MS, signal);
    }
  }

  async #renewStored(store: KeyValueDriver, refused: string | undefined, signal: AbortSignal): Promise<Token> {
    const { key, sealKey } = this.#options;
    // Looked at once more: it may have come between the look before and the right to fetch.
    const { token: before, version } = await this.#read(store);
    if (isFresh(before, this.#options.now()) && before.accessToken !== refused) return before;
    const token = await this.#renew(before, refused, signal);
    const text = JSON.stringify(token);
    const lifetimeMs =
      token.refreshToken === undefined && token.expiresAt !== undefined ? token.expiresAt - token.issuedAt : undefined;
    const written = await store.set(key, sealKey === undefined ? text : sealText(text, sealKey), {
      ifVersion: version,
      ...(lifetimeMs === undefined ? {} : { ttlMs: lifetimeMs }),
    });
    if (written !== undefined) return token;
    // Our right had ended and another worker was faster: with refresh tokens that change, theirs is the last.
    const { token: theirs } = await this.#read(store);
    return isFresh(theirs, this.#options.now()) ? theirs : token;
  }

  async #renew(before: Token | undefined, refused: string | undefined, signal: AbortSignal): Promise<Token> {
    const { fetchToken, now } = this.#options;
    try {
      return await fetchToken(before, refused !== undefined, signal);
    } catch (error) {
      // It was time for a new one, not more: while the old one holds, a bad moment of the server costs nothing.
      if (isAlive(before, now()) && before.accessToken !== refused) return before;
      throw error;
    }
  }

  async #read(store: KeyValueDriver): Promise<{ readonly token: Token | undefined; readonly version: number }> {
    const { key, sealKey } = this.#options;
    const stored = await store.get(key);
    if (stored === undefined) return { token: undefined, version: 0 };
    const text = sealKey === undefined ? stored.value : openText(stored.value, sealKey);
    return { token: text === undefined ? undefined : readToken(text), version: stored.version };
  }
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
