/** Lets all processes of a run learn from one another that a dependency is down, and that it is back. */
import type { KeyValueDriver, StoredValue } from '@quality-hub/protocol';
import { atMost } from '../at-most.ts';
import type { Clock } from '../clock.ts';
import type { SharedCount } from '../limits/quota.ts';
import type { Registry } from '../registry.ts';
import type { BreakerChange } from './breaker-words.ts';
import type { Circuit } from './circuit.ts';

export interface ShareOptions {
  /** Names this process to the others; unique in the run. */
  readonly worker: string;
  /** Keys begin with it. A store that outlives the run needs the run's id in it: quotas are those of one run. @default 'breaker/' */
  readonly prefix?: string;
  /** How often to look while calls are made, in milliseconds. @default 100 */
  readonly pollMs?: number;
  /** Hears when the store fails; breakers then work for their own process only. */
  readonly onError?: (error: unknown) => void;
}

/** What one process tells the others. Instants are wall clock: monotonic clocks of two processes cannot be compared. */
interface Told {
  /** Closed is written as well: an entry that is not there any more was only forgotten. */
  readonly state: 'open' | 'closed';
  readonly openUntil: number;
  /** How long it stays open this time, in milliseconds: a try that fails doubles it. */
  readonly openMs: number;
  readonly reason: string;
  readonly by: string;
  /** Who tries at the moment, and until when nobody else does. */
  readonly probe?: { readonly by: string; readonly until: number };
}

/** So long after the last call it stops looking: an idle process costs nothing, its next call looks first. */
const ACTIVE_MS = 2_000;
/** What nobody has refreshed for so long after its time is forgotten. */
const KEEP_MS = 60_000;

export class SharedBreakers {
  readonly #registry: Registry;
  readonly #driver: KeyValueDriver;
  readonly #clock: Clock;
  readonly #worker: string;
  readonly #prefix: string;
  readonly #pollMs: number;
  readonly #onError: (error: unknown) => void;
  /** Entries as they were seen last, by key of the circuit. */
  #seen = new Map<string, StoredValue>();
  #lookedAt = Number.NEGATIVE_INFINITY;
  #usedAt = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | undefined;
  #tooLong: Promise<void> | undefined;
  #cancelTimer: (() => void) | undefined;
  /** Writes happen in the order of what they tell. */
  #writing: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(
    registry: Registry,
    driver: KeyValueDriver,
    { worker, prefix = 'breaker/', pollMs = 100, onError = () => {} }: ShareOptions,
  ) {
    this.#registry = registry;
    this.#driver = driver;
    this.#clock = registry.clock;
    this.#worker = worker;
    this.#prefix = prefix;
    this.#pollMs = pollMs;
    this.#onError = onError;
  }

  /** Of every call: keeps the looks going, and says what to wait for where the last one is too long ago. */
  used(): Promise<void> | undefined {
    const now = this.#clock.now();
    this.#usedAt = now;
    if (this.#closed || now - this.#lookedAt < this.#pollMs * 2) return undefined;
    // One call has waited in vain for this look: the others need not.
    if (this.#looking !== undefined && this.#looking === this.#tooLong) return undefined;
    const look = this.look();
    return atMost(this.#clock, look, () => {
      this.#tooLong = look;
    });
  }

  /** Looks now. Never rejects. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
      this.#lookedAt = this.#clock.now();
      this.#schedule();
    });
    return this.#looking;
  }

  /** A breaker was made: what is known already holds for it as well. */
  added(key: string, circuit: Circuit): void {
    const found = this.#seen.get(key);
    if (found) this.#learn(circuit, found);
  }

  /** A breaker of this process has changed by its own calls. */
  changed(key: string, circuit: Circuit, { to, reason }: BreakerChange): void {
    if (to === 'half-open' || this.#closed) return;
    this.#write(async () => {
      const { openMs = 0, leftMs = 0 } = circuit.outage ?? {};
      const openUntil = this.#registry.wallNow() + leftMs;
      await this.#put(key, { state: to, openUntil, openMs, reason, by: this.#worker }, leftMs);
    });
  }

  /**
   * Asks to be the one who tries. 0: it is; else somebody else does, and how long to wait before asking again, in milliseconds.
   *
   * Where the store fails or hangs each process tries by itself: too many tries are better than none.
   */
  claim(key: string, timeoutMs: number): Promise<number> {
    return atMost(this.#clock, this.#claim(key, timeoutMs), () => 0);
  }

  async #claim(key: string, timeoutMs: number): Promise<number> {
    try {
      await this.#writing;
      const found = await this.#driver.get(this.#prefix + key);
      const told = read(found);
      const now = this.#registry.wallNow();
      // Nobody says any more that it is down.
      if (told?.state !== 'open') return 0;
      if (told.by !== this.#worker && told.openUntil > now) return told.openUntil - now;
      if (told.probe && told.probe.by !== this.#worker && told.probe.until > now) return told.probe.until - now;
      const mine: Told = { ...told, probe: { by: this.#worker, until: now + timeoutMs } };
      const written = await this.#put(key, mine, timeoutMs, found?.version);
      return written === undefined ? this.#pollMs : 0;
    } catch (error) {
      this.#onError(error);
      return 0;
    }
  }

  /** Where a quota counts for all processes. */
  countFor(key: string): SharedCount {
    return { driver: this.#driver, clock: this.#clock, key: `quota/${this.#prefix}${key}` };
  }

  /** The try has said nothing: somebody else may try at once. */
  giveUp(key: string): void {
    this.#write(async () => {
      const found = await this.#driver.get(this.#prefix + key);
      const told = read(found);
      if (told?.state !== 'open' || told.probe?.by !== this.#worker) return;
      const { probe: _, ...rest } = told;
      await this.#put(key, rest, 0, found?.version);
    });
  }

  /** Ends the looks, and waits for what is being written; for a store that hangs no longer than for a call. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelTimer?.();
    if (this.#registry.shared === this) this.#registry.shared = undefined;
    const rest = Promise.all([this.#looking, this.#writing]).then(() => {});
    await atMost(this.#clock, rest, () => {});
  }

  async #look(): Promise<void> {
    try {
      const before = new Map(this.#seen);
      const entries = await this.#driver.list(this.#prefix);
      const seen = new Map(entries.map(({ key, ...value }) => [key.slice(this.#prefix.length), value]));
      // What this process wrote meanwhile may be missing in the list, and is there all the same.
      for (const [key, value] of this.#seen) if (!before.has(key) && !seen.has(key)) seen.set(key, value);
      this.#seen = seen;
      for (const [key, circuit] of this.#registry.circuits()) {
        const found = seen.get(key);
        if (found && found.version !== before.get(key)?.version) this.#learn(circuit, found);
      }
    } catch (error) {
      this.#onError(error);
    }
  }

  #learn(circuit: Circuit, value: StoredValue): void {
    const told = read(value);
    if (told === undefined || told.by === this.#worker) return;
    if (told.state === 'closed') {
      circuit.closeFromOutside('it works again, as another worker has found');
      return;
    }
    // Where its time is over and nobody has found it well since, the next call is a try.
    const until =
      told.probe && told.probe.by !== this.#worker ? Math.max(told.openUntil, told.probe.until) : told.openUntil;
    const leftMs = Math.max(0, until - this.#registry.wallNow());
    circuit.openFromOutside(told.reason, { openMs: told.openMs, leftMs });
  }

  async #put(key: string, told: Told, liveMs: number, ifVersion?: number): Promise<number | undefined> {
    const value = JSON.stringify(told);
    const options = { ttlMs: Math.ceil(liveMs) + KEEP_MS, ...(ifVersion === undefined ? {} : { ifVersion }) };
    const version = await this.#driver.set(this.#prefix + key, value, options);
    if (version !== undefined) this.#seen.set(key, { value, version });
    return version;
  }

  #write(work: () => Promise<void>): void {
    this.#writing = this.#writing.then(work).catch(error => this.#onError(error));
  }

  #schedule(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (this.#closed || this.#clock.now() - this.#usedAt > ACTIVE_MS) return;
    this.#cancelTimer = this.#clock.after(this.#pollMs, () => void this.look());
  }
}

/** Shares the breakers of a registry through a store, until it is closed. */
export function shareBreakers(registry: Registry, driver: KeyValueDriver, options: ShareOptions): SharedBreakers {
  const shared = new SharedBreakers(registry, driver, options);
  registry.shared = shared;
  return shared;
}

/** What cannot be read was written by another version: as if it were not there. */
function read(value: StoredValue | undefined): Told | undefined {
  if (value === undefined) return undefined;
  try {
    const told = JSON.parse(value.value) as Partial<Told>;
    const isState = told.state === 'open' || told.state === 'closed';
    const isWhole =
      isState &&
      typeof told.openUntil === 'number' &&
      typeof told.openMs === 'number' &&
      typeof told.reason === 'string';
    return isWhole ? (told as Told) : undefined;
  } catch {
    return undefined;
  }
}
