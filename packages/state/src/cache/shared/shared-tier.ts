/** Values in a store: kept between runs, seen by other processes, bounded by bytes. */
import { randomBytes } from 'node:crypto';
import { type KeyValueDriver, OptionError } from '@quality-hub/protocol';
import { type CacheEntry, type KeyVersion, usableUntil } from '../cache-entry.ts';
import type { SharedTierOptions } from '../cache-options.ts';
import { examine } from '../examine.ts';
import type { CacheCounts } from '../statistics.ts';
import { decode, encode, encryptionKeyOf } from './codec.ts';
import { parseStoredEntry, type StoredEntry, storedSize } from './stored-entry.ts';
import { ENTRIES, PARTS, storedKey } from './stored-key.ts';

const MAX_BYTES = 256 * 1_048_576;
const COMPRESS_FROM_BYTES = 1_024;
/** Up to so many characters a value stands beside its times, and is had by one read. */
const INLINE = 8_192;
/** Of one part of a larger value: below what a store takes, and small enough not to hold others up. */
const PART = 524_288;
/** Nothing stays longer, so that what a killed writer has begun goes as well. */
const LONGEST_MS = 30 * 86_400_000;
/** Room is made until so much of it is left. */
const SPARE01 = 0.2;

/** Every method may throw what the store throws. */
export class SharedTier {
  readonly store: KeyValueDriver;
  readonly #maxBytes: number;
  readonly #compressFromBytes: number;
  readonly #key: Uint8Array | undefined;
  readonly #now: () => number;
  readonly #counts: CacheCounts;
  /** Since room was made. */
  #written = 0;

  /** @throws {OptionError} (`QH_OPTION`) for an encryption key of another length. */
  constructor(options: SharedTierOptions, { now, counts }: { now: () => number; counts: CacheCounts }) {
    const { store, maxBytes = MAX_BYTES, compressFromBytes = COMPRESS_FROM_BYTES, encryptionKey } = options;
    if (!(maxBytes >= INLINE))
      throw new OptionError('cache.shared', [`maxBytes is ${maxBytes}, expected at least ${INLINE}`]);
    this.store = store;
    this.#maxBytes = maxBytes;
    this.#compressFromBytes = compressFromBytes;
    this.#key = encryptionKey === undefined ? undefined : encryptionKeyOf(encryptionKey);
    this.#now = now;
    this.#counts = counts;
  }

  /** Whether a value can be stored at all. */
  takes({ form, secret }: CacheEntry): boolean {
    return form !== 'memory-only' && (!secret || this.#key !== undefined);
  }

  async read(namespace: string, key: string, version: KeyVersion | undefined): Promise<CacheEntry | undefined> {
    const at = storedKey(namespace, key, version);
    const found = await this.store.get(at);
    const stored = found && parseStoredEntry(found.value);
    if (stored === undefined || stored.key !== key || stored.version !== version) return undefined;
    const text = stored.text ?? (await this.#partsOf(stored));
    if (text === undefined) return undefined;
    this.#counts.sharedBytesRead += text.length;
    let value: unknown;
    try {
      value = await decode(text, stored.encoding, { key: this.#key, bound: at });
    } catch {
      // Damaged, or of another key: as good as not there.
      await this.store.delete(at, { ifVersion: found?.version ?? 0 });
      return undefined;
    }
    const { loadedAt, freshUntil, staleUntil, errorUntil, tags, secret = false } = stored;
    const times = { loadedAt, freshUntil, staleUntil, errorUntil, retryAt: 0, touched: false };
    return { namespace, key, version, value, tags, secret, ...examine(value), ...times };
  }

  async write(entry: CacheEntry): Promise<void> {
    if (entry.form === 'memory-only') return;
    const { namespace, key, version, tags, secret, loadedAt, freshUntil, staleUntil, errorUntil } = entry;
    const at = storedKey(namespace, key, version);
    const encoded = await encode(entry.value, entry.form, {
      compressFromBytes: this.#compressFromBytes,
      key: secret ? this.#key : undefined,
      bound: at,
    });
    const { text, encoding } = encoded;
    if (text.length > this.#maxBytes / 2) return;
    const isSmall = text.length <= INLINE;
    const parts = { name: randomBytes(12).toString('hex'), count: Math.ceil(text.length / PART), size: text.length };
    const stored: StoredEntry = {
      namespace,
      key,
      ...(version !== undefined && { version }),
      tags,
      ...(secret && { secret }),
      loadedAt,
      freshUntil,
      staleUntil,
      errorUntil,
      encoding,
      ...(isSmall ? { text } : { parts }),
    };
    const ttlMs = Math.min(Math.max(1, usableUntil(entry) - this.#now()), LONGEST_MS);
    if (this.#written + text.length > this.#maxBytes * (SPARE01 / 2)) await this.makeRoom();
    await this.#patiently(async () => {
      if (!isSmall)
        for (let part = 0; part < parts.count; part++)
          await this.store.set(partKey(parts.name, part), text.slice(part * PART, (part + 1) * PART), { ttlMs });
      const before = await this.store.get(at);
      await this.store.set(at, JSON.stringify(stored), { ttlMs });
      if (before) await this.#removeParts(parseStoredEntry(before.value));
    });
    this.#written += storedSize(stored);
    this.#counts.sharedBytesWritten += text.length;
  }

  /** Removes the oldest until a part of the room is free. */
  async makeRoom(leave = this.#maxBytes * (1 - SPARE01)): Promise<void> {
    this.#written = 0;
    const all = await this.#list(ENTRIES);
    let size = all.reduce((sum, { stored }) => sum + storedSize(stored), 0);
    all.sort((a, b) => a.stored.loadedAt - b.stored.loadedAt);
    for (const { at, stored } of all) {
      if (size <= leave) return;
      await this.#remove(at, stored);
      size -= storedSize(stored);
      this.#counts.sharedEvictions++;
    }
  }

  /** Of a namespace and those below it. How many were removed. */
  async removeWhere(namespace: string, isOut: (stored: StoredEntry) => boolean): Promise<number> {
    let removed = 0;
    for (const { at, stored } of await this.#list(ENTRIES + namespace)) {
      if (!isOut(stored)) continue;
      await this.#remove(at, stored);
      removed++;
    }
    return removed;
  }

  async #list(prefix: string): Promise<{ at: string; stored: StoredEntry }[]> {
    return (await this.store.list(prefix)).flatMap(({ key: at, value }) => {
      const stored = parseStoredEntry(value);
      return stored === undefined ? [] : [{ at, stored }];
    });
  }

  async #partsOf({ parts }: StoredEntry): Promise<string | undefined> {
    if (parts === undefined) return undefined;
    const texts: string[] = [];
    for (let part = 0; part < parts.count; part++) {
      const found = await this.store.get(partKey(parts.name, part));
      // Somebody has just written another one.
      if (found === undefined) return undefined;
      texts.push(found.value);
    }
    return texts.join('');
  }

  async #remove(at: string, stored: StoredEntry): Promise<void> {
    await this.store.delete(at);
    await this.#removeParts(stored);
  }

  async #removeParts(stored: StoredEntry | undefined): Promise<void> {
    const { name, count } = stored?.parts ?? { name: '', count: 0 };
    for (let part = 0; part < count; part++) await this.store.delete(partKey(name, part));
  }

  /** A store that is full has room after the oldest has gone. */
  async #patiently(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'QH_STATE_FULL') throw error;
      const all = await this.#list(ENTRIES);
      await this.makeRoom(all.reduce((sum, { stored }) => sum + storedSize(stored), 0) / 2);
      await write();
    }
  }
}

function partKey(name: string, part: number): string {
  return `${PARTS}${name}/${part}`;
}
