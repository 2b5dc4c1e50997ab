/** How all dependencies of a run are, from probes that ask them and from breakers that call them. */
import type { HealthEvidence } from '@quality-hub/protocol';
import type { Registry } from '../registry.ts';
import { isOf } from '../target-name.ts';
import { checkWatch, type ProbeOptions } from './probe-options.ts';
import { type Answer, SharedAnswers, type SharedHealth } from './shared-answers.ts';

export type HealthState = HealthEvidence['state'];

export interface DependencyHealth {
  readonly dependency: string;
  /** `unknown` until somebody has asked or called. */
  readonly state: HealthState | 'unknown';
  readonly detail?: string;
  /** Since when it is in this state, as ISO 8601. */
  readonly since: string;
  readonly checkedAt?: string;
  /** Of the last probe, in milliseconds. */
  readonly latencyMs?: number;
  /** How long it has been down in all, in milliseconds, this time included. */
  readonly downForMs: number;
}

export interface HealthChange {
  readonly dependency: string;
  readonly from: HealthState | 'unknown';
  readonly to: HealthState;
  readonly detail?: string;
}

interface Watched {
  readonly name: string;
  readonly options: ProbeOptions;
  state: HealthState | 'unknown';
  detail: string | undefined;
  sinceMs: number;
  checkedAtMs: number | undefined;
  latencyMs: number | undefined;
  /** Probes in a row that said otherwise than the state. */
  against: number;
  downForMs: number;
  checking: Promise<void> | undefined;
  cancelTimer: (() => void) | undefined;
}

/**
 * Asks each dependency on its schedule. One bad answer is no outage: the state changes after as many in a row as the
 * thresholds say. A breaker that is open says `down` at once, whatever the probe saw last.
 */
export class HealthBoard implements AsyncDisposable {
  readonly #registry: Registry;
  readonly #watched = new Map<string, Watched>();
  readonly #listeners = new Set<(change: HealthChange) => void>();
  readonly #shared: SharedAnswers | undefined;
  #closed = false;

  /** @param shared Workers that share a store ask in turn: what one has seen counts for all. */
  constructor(registry: Registry, { shared }: { readonly shared?: SharedHealth } = {}) {
    this.#registry = registry;
    this.#shared = shared && new SharedAnswers(shared, registry.clock);
  }

  /**
   * Begins to watch a dependency. It is first asked when its schedule says, or by {@link check}.
   *
   * @throws {OptionError} (`QH_OPTION`) if an option is out of range, or the name is taken.
   */
  watch(name: string, options: ProbeOptions): () => void {
    checkWatch(name, options, this.#watched.has(name));
    const watched: Watched = {
      name,
      options,
      state: 'unknown',
      detail: undefined,
      sinceMs: this.#now(),
      checkedAtMs: undefined,
      latencyMs: undefined,
      against: 0,
      downForMs: 0,
      checking: undefined,
      cancelTimer: undefined,
    };
    this.#watched.set(name, watched);
    this.#schedule(watched);
    return () => {
      watched.cancelTimer?.();
      this.#watched.delete(name);
    };
  }

  /** Hears when a state changes by what probes have seen. What it throws is dropped. */
  on(listener: (change: HealthChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Asks now. Thresholds do not hold for the first answer there is. Undefined for a name that nobody watches. */
  async check(name: string): Promise<DependencyHealth | undefined> {
    const watched = this.#watched.get(name);
    if (watched === undefined) return undefined;
    await this.#check(watched);
    return this.#read(watched);
  }

  /** Asks all of them at the same time. */
  async checkAll(): Promise<readonly DependencyHealth[]> {
    await Promise.all([...this.#watched.values()].map(watched => this.#check(watched)));
    return this.read();
  }

  read(): readonly DependencyHealth[] {
    return [...this.#watched.values()].map(watched => this.#read(watched));
  }

  /** Undefined for a name that nobody watches. */
  get(name: string): DependencyHealth | undefined {
    const watched = this.#watched.get(name);
    return watched && this.#read(watched);
  }

  /** Ends all schedules, and waits for the probes that run. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { cancelTimer } of this.#watched.values()) cancelTimer?.();
    await Promise.all([...this.#watched.values()].map(({ checking }) => checking));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #read(watched: Watched): DependencyHealth {
    const { name, options, detail, checkedAtMs, latencyMs, sinceMs } = watched;
    const targets = options.targets ?? [name];
    const broken = this.#registry
      .breakers()
      .find(({ target, state }) => state !== 'closed' && targets.some(one => isOf(target, one)));
    const state = broken?.state === 'open' ? 'down' : broken && watched.state !== 'down' ? 'degraded' : watched.state;
    const why = state === watched.state ? detail : (broken?.reason ?? detail);
    const since = state === watched.state ? sinceMs : Date.parse(broken?.openedAt ?? '') || sinceMs;
    const now = this.#now();
    return {
      dependency: name,
      state,
      since: new Date(since).toISOString(),
      downForMs: watched.downForMs + (watched.state === 'down' ? now - sinceMs : 0),
      ...(why === undefined ? {} : { detail: why }),
      ...(checkedAtMs === undefined ? {} : { checkedAt: new Date(checkedAtMs).toISOString() }),
      ...(latencyMs === undefined ? {} : { latencyMs }),
    };
  }

  /** @param asked What others have seen lately is enough where nobody asks for an answer of now. */
  #check(watched: Watched, asked = true): Promise<void> {
    watched.cancelTimer?.();
    watched.checking ??= this.#answer(watched, asked)
      .then(answer => {
        watched.latencyMs = answer.latencyMs;
        watched.checkedAtMs = answer.atMs;
        this.#learn(watched, answer.state, answer.detail);
      })
      .finally(() => {
        watched.checking = undefined;
        this.#schedule(watched);
      });
    return watched.checking;
  }

  async #answer(watched: Watched, asked: boolean): Promise<Answer> {
    const { name, options, checkedAtMs = 0 } = watched;
    const everyMs = options.everyMs ?? 0;
    const since = Math.max(this.#now() - everyMs, checkedAtMs);
    const told = asked ? undefined : await this.#shared?.after(name, since);
    if (told) return told;
    const answer = await this.#ask(options);
    await this.#shared?.tell(name, answer, Math.max(everyMs, 1_000) * 2);
    return answer;
  }

  async #ask({ probe, timeoutMs = 2_000, slowAboveMs = Number.POSITIVE_INFINITY }: ProbeOptions): Promise<Answer> {
    const { clock } = this.#registry;
    const stop = new AbortController();
    const startedAt = clock.now();
    let cancel: (() => void) | undefined;
    let seen: Pick<Answer, 'state' | 'detail'>;
    try {
      const tooLate = new Promise<never>((_, reject) => {
        cancel = clock.after(timeoutMs, () => reject(new Error(`no answer within ${timeoutMs} ms`)));
      });
      seen = (await Promise.race([probe(stop.signal), tooLate])) ?? { state: 'healthy' };
      const tookMs = clock.now() - startedAt;
      if (seen.state === 'healthy' && tookMs > slowAboveMs)
        seen = { state: 'degraded', detail: `took ${Math.round(tookMs)} ms, more than ${slowAboveMs} ms` };
    } catch (error) {
      stop.abort(error);
      seen = { state: 'down', detail: error instanceof Error ? error.message : String(error) };
    } finally {
      cancel?.();
    }
    return { ...seen, latencyMs: clock.now() - startedAt, atMs: this.#now() };
  }

  #learn(watched: Watched, state: HealthState, detail: string | undefined): void {
    const { failAfter = 2, recoverAfter = 1 } = watched.options;
    if (state === watched.state) {
      watched.against = 0;
      watched.detail = detail;
      return;
    }
    watched.against++;
    const needed =
      watched.state === 'unknown' ? 1 : state === 'down' ? failAfter : watched.state === 'down' ? recoverAfter : 1;
    if (watched.against < needed) return;
    const from = watched.state;
    const now = this.#now();
    if (from === 'down') watched.downForMs += now - watched.sinceMs;
    Object.assign(watched, { state, detail, sinceMs: now, against: 0 });
    this.#tell({ dependency: watched.name, from, to: state, ...(detail === undefined ? {} : { detail }) });
  }

  #schedule(watched: Watched): void {
    const { everyMs } = watched.options;
    if (everyMs === undefined || this.#closed || this.#watched.get(watched.name) !== watched) return;
    watched.cancelTimer = this.#registry.clock.after(everyMs, () => void this.#check(watched, false));
  }

  #tell(change: HealthChange): void {
    for (const listener of this.#listeners) {
      try {
        listener(change);
      } catch {
        // It is theirs.
      }
    }
  }

  #now(): number {
    return this.#registry.wallNow();
  }
}
