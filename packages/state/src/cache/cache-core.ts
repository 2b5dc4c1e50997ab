/** What all namespaces of a cache have in common: the tiers, the loads that are on, and what is told about them. */

import type { LeaseDriver } from '@quality-hub/protocol';
import { errorSentence, type LeaseOwner } from '@quality-hub/protocol';
import { type CacheEntry, type KeyVersion, usableUntil } from './cache-entry.ts';
import type { CacheTrouble, LoadOptions } from './cache-options.ts';
import { entryOf } from './keep-rules.ts';
import { loadOnce } from './load-once.ts';
import type { MemoryTier } from './memory/memory-tier.ts';
import { concerns, type Notice, type Notices } from './shared/notices.ts';
import type { SharedTier } from './shared/shared-tier.ts';
import { storedKey } from './shared/stored-key.ts';
import type { CacheCounts } from './statistics.ts';

/** A store that does not work is asked again after this. */
const PAUSE_MS = 5_000;
/** A load that has failed is tried again after this, where an old value serves. */
const RETRY_MS = 1_000;
/** Longest wait for loads that are on at the end. */
const END_MS = 5_000;
/** What others have invalidated is looked for so often. */
const LOOK_MS = 1_000;

export interface CacheCoreParts {
  readonly memory: MemoryTier;
  readonly shared: SharedTier | undefined;
  readonly notices: Notices | undefined;
  readonly leases: LeaseDriver | undefined;
  readonly owner: LeaseOwner;
  readonly ttlMs: number;
  readonly counts: CacheCounts;
  readonly onTrouble: (trouble: CacheTrouble) => void;
  readonly now: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface Question {
  readonly namespace: string;
  readonly key: string;
  readonly load: () => unknown;
  readonly options: LoadOptions;
}

/** Where an answer came from: another process has loaded it meanwhile, or it is an old one. */
type Source = 'shared' | 'loaded' | 'other' | 'old';

interface Running {
  readonly question: Question;
  readonly answer: Promise<Answer>;
}

interface Answer {
  readonly entry: CacheEntry;
  readonly from: Source;
}

export class CacheCore {
  readonly memory: MemoryTier;
  readonly counts: CacheCounts;
  readonly now: () => number;
  readonly #parts: CacheCoreParts;
  readonly #running = new Map<string, Running>();
  readonly #told = new Set<string>();
  /** What was invalidated while loads are on: they may have begun before it. */
  readonly #heard: Notice[] = [];
  /** Also those that nobody joins any more. */
  readonly #unfinished = new Set<Promise<Answer>>();
  /** What the store does not know yet. */
  readonly #untold: Notice[] = [];
  #telling: Promise<void> | undefined;
  #downUntil = Number.NEGATIVE_INFINITY;

  constructor(parts: CacheCoreParts) {
    this.#parts = parts;
    this.memory = parts.memory;
    this.counts = parts.counts;
    this.now = parts.now;
  }

  /** Fresh, from any tier. */
  async find(namespace: string, key: string, version: KeyVersion | undefined): Promise<CacheEntry | undefined> {
    const looking = this.lookSometimes();
    if (looking !== undefined) await looking;
    const kept = this.memory.find(namespace, key, version);
    if (kept !== undefined && kept.freshUntil > this.now()) {
      this.used(kept);
      return kept;
    }
    const stored = await this.#read(namespace, key, version);
    if (stored === undefined || stored.freshUntil <= this.now()) {
      this.counts.misses++;
      return undefined;
    }
    this.counts.sharedHits++;
    this.memory.put(stored, this.now());
    return stored;
  }

  used(entry: CacheEntry): void {
    if (!entry.touched) this.memory.touch(entry);
    this.counts.memoryHits++;
  }

  async answer(question: Question): Promise<CacheEntry> {
    const { namespace, key, options } = question;
    const looking = this.lookSometimes();
    if (looking !== undefined) await looking;
    const kept = this.memory.find(namespace, key, options.version);
    const now = this.now();
    if (kept !== undefined && now < Math.max(kept.freshUntil, kept.staleUntil)) {
      this.used(kept);
      if (now >= kept.freshUntil) {
        this.counts.stale++;
        this.#renewBehind(question, kept);
      }
      return kept;
    }
    const id = idOf(question);
    const running = this.#running.get(id);
    const { entry, from } = await (running?.answer ?? this.#run(id, question, () => this.#obtain(question, kept)));
    if (from === 'shared') this.counts.sharedHits++;
    else this.counts.misses++;
    if (from === 'old') this.counts.stale++;
    if (from === 'other' || (running !== undefined && from === 'loaded')) this.counts.joined++;
    return entry;
  }

  /** Keeps it in every tier that takes it, unless it was invalidated since `heard`. */
  async keep(entry: CacheEntry, heard = this.#heard.length): Promise<void> {
    const { shared } = this.#parts;
    if (usableUntil(entry) <= this.now()) return;
    if (shared !== undefined) await this.look();
    if (this.#heard.slice(heard).some(notice => concerns(notice, entry))) return;
    this.memory.put(entry, this.now());
    if (shared?.takes(entry)) await this.#ask('write', tier => tier.write(entry));
    else if (shared !== undefined) this.counts.memoryOnly++;
  }

  /** From this call on nothing in this process has it; resolves when no other process will, but for a second. */
  invalidate(...notices: readonly Notice[]): Promise<void> {
    for (const notice of notices) this.#apply(notice);
    if (this.#parts.shared === undefined) return Promise.resolve();
    this.#untold.push(...notices);
    this.#telling ??= this.#tellAll().finally(() => {
      this.#telling = undefined;
    });
    return this.#telling;
  }

  /** Many changes at a time go through the store together. */
  async #tellAll(): Promise<void> {
    while (this.#untold.length > 0) {
      const batch = this.#untold.splice(0);
      await this.#try('invalidate', async tier => {
        const [{ namespace } = { namespace: '' }, ...others] = batch;
        const below = others.length === 0 ? namespace : '';
        this.counts.invalidated += await tier.removeWhere(below, stored => batch.some(one => concerns(one, stored)));
        await this.#parts.notices?.tell(batch);
      });
    }
  }

  /** Hears what other processes have invalidated. */
  async look(): Promise<void> {
    const found = await this.#ask('look for what is invalid', async () => this.#parts.notices?.look());
    if (found === 'all') this.#apply({ namespace: '' });
    else for (const notice of found ?? []) this.#apply(notice);
  }

  /** At most once a second. Undefined where there is nothing to wait for. */
  lookSometimes(): Promise<void> | undefined {
    const { notices } = this.#parts;
    if (notices === undefined || this.now() - notices.lookedAt < LOOK_MS) return undefined;
    return this.look();
  }

  /** Waits for loads that are on, and for what others have to be told; not for ever: a load may have no end. */
  async settle(): Promise<void> {
    const over = new AbortController();
    const late = this.#parts.sleep(END_MS, over.signal).catch(() => {});
    const all = async (): Promise<void> => {
      while (this.#unfinished.size > 0) await Promise.allSettled(this.#unfinished);
      await this.#telling;
    };
    await Promise.race([all(), late]);
    over.abort();
  }

  /** What the shared tier gives; undefined where there is none, or it does not work. What is being invalidated goes before. */
  async #ask<T>(doing: string, work: (tier: SharedTier) => Promise<T>): Promise<T | undefined> {
    if (this.#telling !== undefined) await this.#telling;
    return this.#try(doing, work);
  }

  async #try<T>(doing: string, work: (tier: SharedTier) => Promise<T>): Promise<T | undefined> {
    const { shared } = this.#parts;
    if (shared === undefined || this.now() < this.#downUntil) return undefined;
    try {
      return await work(shared);
    } catch (error) {
      this.#downUntil = this.now() + PAUSE_MS;
      this.#trouble(doing, error);
      return undefined;
    }
  }

  #trouble(doing: string, error: unknown): void {
    this.counts.sharedErrors++;
    const code = String((error as { code?: unknown } | null)?.code ?? doing);
    if (this.#told.has(code)) return;
    this.#told.add(code);
    this.#parts.onTrouble({ tier: 'shared', doing, message: errorSentence(error) });
  }

  #apply(notice: Notice): void {
    if (this.#unfinished.size > 0) this.#heard.push(notice);
    // Whoever asks from now on does not get what was on its way before.
    for (const [id, { question }] of this.#running) {
      const { namespace, key, options } = question;
      const loadedAt = Number.NEGATIVE_INFINITY;
      if (concerns(notice, { namespace, key, tags: options.tags ?? [], loadedAt })) this.#running.delete(id);
    }
    this.counts.invalidated += this.memory.removeWhere(entry => concerns(notice, entry));
  }

  #run(id: string, question: Question, work: () => Promise<Answer>): Promise<Answer> {
    const answer = Promise.resolve()
      .then(work)
      .finally(() => {
        if (this.#running.get(id)?.answer === answer) this.#running.delete(id);
        this.#unfinished.delete(answer);
        if (this.#unfinished.size === 0) this.#heard.length = 0;
      });
    this.#running.set(id, { question, answer });
    this.#unfinished.add(answer);
    return answer;
  }

  async #obtain(question: Question, kept: CacheEntry | undefined): Promise<Answer> {
    const { namespace, key, options } = question;
    const stored = await this.#read(namespace, key, options.version);
    const best = stored !== undefined && stored.loadedAt > (kept?.loadedAt ?? Number.NEGATIVE_INFINITY) ? stored : kept;
    const now = this.now();
    if (best !== undefined && best === stored && now < Math.max(best.freshUntil, best.staleUntil)) {
      this.memory.put(best, now);
      if (now < best.freshUntil) return { entry: best, from: 'shared' };
      // After this run has ended: there is one of them for each key.
      setImmediate(() => this.#renewBehind(question, best));
      this.counts.stale++;
      return { entry: best, from: 'shared' };
    }
    return this.#loadOrOld(question, best);
  }

  /** Loads; an old value serves where that fails or takes too long, and may. */
  async #loadOrOld(question: Question, old: CacheEntry | undefined): Promise<Answer> {
    const { patienceMs } = question.options;
    const may = (): boolean => old !== undefined && this.now() < old.errorUntil;
    if (old !== undefined && may() && this.now() < old.retryAt) return { entry: old, from: 'old' };
    const loading = this.#load(question);
    try {
      if (patienceMs === undefined || !may()) return await loading;
      const over = new AbortController();
      const late = this.#parts.sleep(patienceMs, over.signal).then(() => undefined);
      late.catch(() => {});
      const first = await Promise.race([loading, late]).finally(() => over.abort());
      if (first !== undefined) return first;
      loading.catch(() => {});
      return may() ? { entry: old as CacheEntry, from: 'old' } : await loading;
    } catch (error) {
      if (old === undefined || !may()) throw error;
      old.retryAt = this.now() + RETRY_MS;
      this.memory.put(old, this.now());
      return { entry: old, from: 'old' };
    }
  }

  #renewBehind(question: Question, old: CacheEntry): void {
    const id = idOf(question);
    if (this.#running.has(id) || this.now() < old.retryAt) return;
    this.#run(id, question, () => this.#load(question)).catch(() => {
      old.retryAt = this.now() + RETRY_MS;
    });
  }

  #load(question: Question): Promise<Answer> {
    const { namespace, key, options } = question;
    const { leases, owner, shared, sleep } = this.#parts;
    const here = async (): Promise<Answer> => ({ entry: await this.#loadHere(question), from: 'loaded' });
    // What no other process will find, none has to wait for.
    const isShared = shared?.takes({ form: 'json', secret: options.secret === true } as CacheEntry);
    if (leases === undefined || !isShared || this.now() < this.#downUntil) return here();
    return loadOnce({
      leases,
      name: `cache/${storedKey(namespace, key, options.version)}`,
      owner,
      load: here,
      ready: async () => {
        const found = await this.#read(namespace, key, options.version);
        if (found === undefined || found.freshUntil <= this.now()) return undefined;
        this.memory.put(found, this.now());
        return { entry: found, from: 'other' };
      },
      onTrouble: error => this.#trouble('wait for the load of another process', error),
      sleep,
    });
  }

  async #loadHere({ namespace, key, load, options }: Question): Promise<CacheEntry> {
    const heard = this.#heard.length;
    const loadedAt = this.now();
    const startMs = performance.now();
    this.counts.loads++;
    try {
      const value = await load();
      const entry = entryOf({ namespace, key, value, loadedAt }, options, this.#parts.ttlMs);
      await this.keep(entry, heard);
      return entry;
    } catch (error) {
      this.counts.loadErrors++;
      throw error;
    } finally {
      this.counts.loadMs += performance.now() - startMs;
    }
  }

  #read(namespace: string, key: string, version: KeyVersion | undefined): Promise<CacheEntry | undefined> {
    return this.#ask('read', tier => tier.read(namespace, key, version));
  }
}

function idOf({ namespace, key, options }: Question): string {
  return JSON.stringify([namespace, key, options.version]);
}
