/** How all dependencies of a run are, from probes that ask them and from breakers that call them; one board for all workers. */
import type { KeyValueDriver } from '@quality-hub/protocol';
import { atMost } from '../at-most.ts';
import type { Registry, RegistryEvent } from '../registry.ts';
import { type AskSeams, askInARow, longestRowMs } from './ask.ts';
import { type Answer, type HealthState, OutageNotes, type Standing } from './outage-notes.ts';
import { type CheckedProbe, checkProbe, type ProbeOptions } from './probe-options.ts';

export type { HealthState } from './outage-notes.ts';

/** Longest wait for the store before somebody who needs something is let through. */
const LONGEST_WAIT_MS = 2_000;
/** What a probe has found down stands beside what breakers have. */
const BY_PROBE = 'probe';

/** Whether who needs a dependency can begin. */
export type Readiness =
  | { readonly ready: true }
  | { readonly ready: false; readonly dependency: string; readonly reason: string; readonly since: string };

export interface DependencyHealth {
  readonly dependency: string;
  /** `unknown` while nobody has asked, and no breaker has opened. */
  readonly state: HealthState | 'unknown';
  readonly detail?: string;
  /** Since when it is down, as ISO 8601. */
  readonly since?: string;
  /** Of the last probe. */
  readonly checkedAt?: string;
  /** Of the last probe, in milliseconds. */
  readonly latencyMs?: number;
}

export interface HealthChange {
  readonly dependency: string;
  readonly from: HealthState | 'unknown';
  readonly to: HealthState;
  readonly detail?: string;
  /** Whether somebody needed it, or it was time to look. */
  readonly by: 'need' | 'schedule';
}

interface Watched extends CheckedProbe {
  readonly name: string;
  cancelTimer: (() => void) | undefined;
}

/**
 * Breakers of this process, and probes of any, write what they find into the store that the workers of a run share; a
 * dependency is known by the name of its policy. Where it is time to ask, one worker does, and the others believe it.
 */
export class HealthBoard implements AsyncDisposable {
  readonly #registry: Registry;
  readonly #notes: OutageNotes;
  readonly #watched = new Map<string, Watched>();
  readonly #listeners = new Set<(change: HealthChange) => void>();
  readonly #stopListening: () => void;
  /** Notes are written in the order of what they tell. */
  #telling: Promise<void> = Promise.resolve();
  readonly #checking = new Set<Promise<unknown>>();
  #closed = false;

  constructor(registry: Registry, store: KeyValueDriver) {
    this.#registry = registry;
    this.#notes = new OutageNotes(store, registry.wallNow);
    this.#stopListening = registry.on(event => this.#heard(event));
  }

  /**
   * Begins to watch a dependency. It is first asked when its schedule says, or when somebody needs it.
   *
   * @throws {OptionError} (`QH_OPTION`) if an option is out of range, or the name is taken.
   */
  watch(name: string, options: ProbeOptions = {}): () => void {
    const checked = checkProbe(name, options, this.#watched.has(name) ? ['it is watched already'] : []);
    const watched: Watched = { ...checked, name, cancelTimer: undefined };
    this.#watched.set(name, watched);
    this.#schedule(watched);
    return () => {
      watched.cancelTimer?.();
      this.#watched.delete(name);
    };
  }

  /** Hears when a state changes by what probes of this process have seen. What it throws is dropped. */
  on(listener: (change: HealthChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Whether who needs `name` can begin: not while a breaker of any worker is open for it, or a probe has found it down. When
   * the time of that is over one worker tries it: by its probe, or by beginning where it has none. A store that fails or hangs
   * lets everybody through. Also true for a name that nobody watches.
   */
  async readiness(name: string, signal?: AbortSignal): Promise<Readiness> {
    const watched = this.#watched.get(name);
    if (watched === undefined) return { ready: true };
    await this.#telling;
    return this.#keep(this.#check(watched, 'need', signal));
  }

  /** Whether anything of it is known to be down, also where it is time to try again. */
  async isDown(name: string): Promise<boolean> {
    return (await this.#notes.downs(name)).length > 0;
  }

  /** Every dependency that is watched. */
  async read(): Promise<readonly DependencyHealth[]> {
    await this.#telling;
    return Promise.all([...this.#watched.keys()].map(name => this.#read(name)));
  }

  /** Ends all schedules, and waits for the probes that run and for what is being written. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#stopListening();
    for (const { cancelTimer } of this.#watched.values()) cancelTimer?.();
    await Promise.allSettled(this.#checking);
    await atMost(this.#registry.clock, this.#telling, () => {}, LONGEST_WAIT_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #read(name: string): Promise<DependencyHealth> {
    const [[down], answer] = await Promise.all([this.#notes.downs(name), this.#notes.answer(name)]);
    const detail = down?.reason ?? answer?.detail;
    return {
      dependency: name,
      state: down ? 'down' : (answer?.state ?? 'unknown'),
      ...(detail === undefined ? {} : { detail }),
      ...(down ? { since: down.since } : {}),
      ...(answer ? { checkedAt: new Date(answer.atMs).toISOString(), latencyMs: answer.latencyMs } : {}),
    };
  }

  async #check(watched: Watched, by: HealthChange['by'], signal?: AbortSignal): Promise<Readiness> {
    const { name, probe } = watched;
    const standing = await this.#standing(watched);
    if (standing.is === 'well') return { ready: true };
    if (standing.is === 'down') return notReady(name, standing.down?.reason ?? '', standing.down?.since ?? '');
    // Who needs it is the try, and the next one waits until its claim has run out.
    if (probe === undefined) return { ready: true };
    let answer: Answer | undefined;
    try {
      answer = await askInARow({ ...watched, probe }, standing.down !== undefined, this.#seams(by), signal);
      return await this.#conclude(watched, standing, answer, by);
    } finally {
      const believed = answer?.state === 'down' ? undefined : answer;
      await this.#quietly(this.#notes.probed(name, believed, watched.believeMs));
    }
  }

  async #standing(watched: Watched): Promise<Standing> {
    const believeMs = watched.probe === undefined ? undefined : watched.believeMs;
    const asked = this.#notes.standing(watched.name, { believeMs, claimMs: longestRowMs(watched) });
    const well: Standing = { is: 'well' };
    return atMost(
      this.#registry.clock,
      asked.catch(() => well),
      () => well,
      LONGEST_WAIT_MS,
    );
  }

  async #conclude(
    { name, retryMs }: Watched,
    { down, last }: Exclude<Standing, { is: 'well' }>,
    { state, detail }: Answer,
    by: HealthChange['by'],
  ): Promise<Readiness> {
    const from = down ? 'down' : (last?.state ?? 'unknown');
    if (from !== state)
      this.#tell({ dependency: name, from, to: state, by, ...(detail === undefined ? {} : { detail }) });
    if (state !== 'down') {
      await this.#quietly(this.#notes.cameBack(name));
      return { ready: true };
    }
    const reason = detail ?? 'its probe failed';
    const now = this.#registry.wallNow();
    await this.#quietly(this.#notes.wentDown(name, BY_PROBE, reason, now + retryMs));
    return notReady(name, reason, down?.since ?? new Date(now).toISOString());
  }

  /** What breakers of other processes do is written by them. */
  #heard(event: RegistryEvent): void {
    if (event.type !== 'breaker' || event.by === 'others' || event.to === 'half-open') return;
    const { policy, target, to, reason, retryAt } = event;
    const retryAtMs = retryAt === undefined ? this.#registry.wallNow() + 2_000 : Date.parse(retryAt);
    const tell = () =>
      to === 'closed' ? this.#notes.cameBack(policy, target) : this.#notes.wentDown(policy, target, reason, retryAtMs);
    this.#telling = this.#telling.then(() => this.#quietly(tell()));
  }

  #schedule(watched: Watched): void {
    const { everyMs, name } = watched;
    if (everyMs === undefined || this.#closed || this.#watched.get(name) !== watched) return;
    watched.cancelTimer = this.#registry.clock.after(everyMs, () => {
      const checked = this.#keep(this.#check(watched, 'schedule'));
      void checked.catch(() => {}).then(() => this.#schedule(watched));
    });
  }

  /** A store that fails costs what others would learn, and nothing else. */
  async #quietly(work: Promise<unknown>): Promise<void> {
    await work.catch(() => {});
  }

  #keep<T>(work: Promise<T>): Promise<T> {
    this.#checking.add(work);
    const done = () => void this.#checking.delete(work);
    work.then(done, done);
    return work;
  }

  #seams(by: HealthChange['by']): AskSeams {
    const { clock, wallNow } = this.#registry;
    return { clock, wallNow, keepAlive: by === 'need' };
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
}

function notReady(dependency: string, reason: string, since: string): Readiness {
  return { ready: false, dependency, reason, since };
}
