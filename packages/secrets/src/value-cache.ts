/** Keeps values for a while: one question to the store at a time, and the old value while a store is down. */
import { SecretError, type StoredSecret } from '@quality-hub/protocol';
import NodeCache from 'node-cache';

export interface ValueCacheOptions {
  /** How long a value is believed, in milliseconds. @default 300_000 */
  readonly ttlMs?: number;
  /** How long after that it still serves while its store is down, in milliseconds. @default 1_800_000 */
  readonly staleMs?: number;
  /** Wall clock. @default Date.now */
  readonly now?: () => number;
  /** An old value is used, because its store says this. */
  readonly onStale?: (key: string, reason: SecretError) => void;
}

/** A store that is down is asked again after this. */
const STALE_PAUSE_MS = 5_000;

interface Kept {
  readonly secret: StoredSecret;
  /** Until when it is believed, in milliseconds of the wall clock. */
  readonly freshUntil: number;
  /** Until when it serves while its store is down. */
  readonly usableUntil: number;
}

export class ValueCache {
  /** Drops what is too old even to be stale, and says so of nothing else: values are not cloned, and it holds no timer. */
  readonly #kept = new NodeCache({ useClones: false, checkperiod: 0 });
  readonly #running = new Map<string, Promise<StoredSecret>>();
  readonly #ttlMs: number;
  readonly #staleMs: number;
  readonly #now: () => number;
  readonly #onStale: NonNullable<ValueCacheOptions['onStale']>;

  constructor({ ttlMs = 300_000, staleMs = 1_800_000, now = Date.now, onStale = () => {} }: ValueCacheOptions = {}) {
    this.#ttlMs = ttlMs;
    this.#staleMs = staleMs;
    this.#now = now;
    this.#onStale = onStale;
  }

  /** The value, where it is believed; at once. */
  fresh(key: string): StoredSecret | undefined {
    const kept = this.#kept.get<Kept>(key);
    return kept !== undefined && this.#now() < kept.freshUntil ? kept.secret : undefined;
  }

  /** The value, from `read` where there is none that is believed. All who ask meanwhile get the same answer. */
  get(key: string, read: () => Promise<StoredSecret>): Promise<StoredSecret> {
    const fresh = this.fresh(key);
    return fresh === undefined ? this.renew(key, read) : Promise.resolve(fresh);
  }

  /** As {@link get}, past what is kept: somebody has found that it is no longer right. */
  renew(key: string, read: () => Promise<StoredSecret>): Promise<StoredSecret> {
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    const reading = this.#read(key, read).finally(() => this.#running.delete(key));
    this.#running.set(key, reading);
    return reading;
  }

  clear(): void {
    this.#kept.flushAll();
  }

  async #read(key: string, read: () => Promise<StoredSecret>): Promise<StoredSecret> {
    try {
      const secret = await read();
      const now = this.#now();
      const endsAt = secret.expiresAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(secret.expiresAt);
      const freshUntil = Math.min(now + this.#ttlMs, endsAt);
      const usableUntil = Math.min(now + this.#ttlMs + this.#staleMs, endsAt);
      const kept: Kept = { secret, freshUntil, usableUntil };
      if (usableUntil > now) this.#kept.set(key, kept, (usableUntil - now) / 1_000);
      return secret;
    } catch (error) {
      const kept = this.#kept.get<Kept>(key);
      if (kept === undefined || this.#now() >= kept.usableUntil) throw error;
      if (!(error instanceof SecretError) || !error.transient) throw error;
      this.#onStale(key, error);
      // Not everybody who asks meanwhile has to wait for a store that is down.
      const freshUntil = Math.min(this.#now() + STALE_PAUSE_MS, kept.usableUntil);
      this.#kept.set<Kept>(key, { ...kept, freshUntil }, (kept.usableUntil - this.#now()) / 1_000);
      return kept.secret;
    }
  }
}
