/** All that is known about the dependencies of a process: breakers, counts, and what works less well at the moment. */
import type { BreakerOptions } from './breaker/breaker-options.ts';
import type { BreakerChange, BreakerStatus } from './breaker/breaker-words.ts';
import { Circuit } from './breaker/circuit.ts';
import type { SharedBreakers } from './breaker/share-breakers.ts';
import { type Clock, systemClock } from './clock.ts';
import type { SharedCount } from './limits/quota.ts';
import type { RecoveryHooks } from './options.ts';
import { TargetCounts, type TargetStatistics } from './target-counts.ts';
import { isOf } from './target-name.ts';

/** A feature that works less well since something it needs has failed. */
export interface Degradation {
  readonly feature: string;
  readonly policy: string;
  readonly target: string;
  /** ISO 8601. */
  readonly since: string;
  readonly lastAt: string;
  readonly times: number;
  /** Message of the last error. */
  readonly reason: string;
}

export type RegistryEvent =
  | ({ readonly type: 'breaker'; readonly policy: string } & BreakerChange)
  | { readonly type: 'degraded'; readonly degradation: Degradation };

export interface PolicyBreakerStatus extends BreakerStatus {
  readonly policy: string;
}

export interface RegistryOptions {
  /** @default the monotonic clock of the system */
  readonly clock?: Clock;
  /** Wall clock, for instants that people and other processes read. @default Date.now */
  readonly wallNow?: () => number;
}

interface Known {
  readonly policy: string;
  readonly circuit: Circuit;
  readonly hooks: RecoveryHooks;
}

interface Hold {
  readonly name: string;
  readonly as: 'open' | 'closed';
  readonly reason: string | undefined;
  readonly releases: (() => void)[];
}

/** One for each process: policies that share it are seen, held and shared together. */
export class Registry {
  readonly clock: Clock;
  readonly wallNow: () => number;
  /** Set while breakers are shared with other processes. */
  shared: SharedBreakers | undefined = undefined;
  readonly #known = new Map<string, Known>();
  readonly #counts = new Map<string, TargetCounts>();
  readonly #degraded = new Map<string, Degradation>();
  readonly #holds = new Set<Hold>();
  readonly #listeners = new Set<(event: RegistryEvent) => void>();

  constructor({ clock = systemClock, wallNow = Date.now }: RegistryOptions = {}) {
    this.clock = clock;
    this.wallNow = wallNow;
  }

  /** Hears of every change. What it throws is dropped: who listens must not break a call. */
  on(listener: (event: RegistryEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The breaker of a target in a policy; made at its first use. */
  circuit(policy: string, target: string, options: BreakerOptions, hooks: RecoveryHooks = {}): Circuit {
    const key = targetKey(policy, target);
    const found = this.#known.get(key);
    if (found) return found.circuit;
    const circuit = new Circuit(target, options, {
      clock: this.clock,
      wallNow: this.wallNow,
      onChange: change => this.#changed(key, change),
    });
    this.#known.set(key, { policy, circuit, hooks });
    for (const hold of this.#holds) applyHold(hold, circuit);
    this.shared?.added(key, circuit);
    return circuit;
  }

  counts(policy: string, target: string): TargetCounts {
    const key = targetKey(policy, target);
    let counts = this.#counts.get(key);
    if (counts === undefined) {
      counts = new TargetCounts(policy, target);
      this.#counts.set(key, counts);
    }
    return counts;
  }

  breakers(): readonly PolicyBreakerStatus[] {
    return [...this.#known.values()].map(({ policy, circuit }) => ({ policy, ...circuit.status() }));
  }

  /** Calls by outcome, retries and waits of each target. */
  statistics(): readonly TargetStatistics[] {
    return [...this.#counts.values()].map(counts => counts.read());
  }

  degradations(): readonly Degradation[] {
    return [...this.#degraded.values()];
  }

  /** True where a breaker of this target, or of this host, lets nobody through. */
  isDown(name: string): boolean {
    return [...this.#known.values()].some(({ circuit }) => isOf(circuit.target, name) && circuit.state === 'open');
  }

  /**
   * Holds all breakers of a target or of a host, whatever their policy, open or closed until the function that comes back is
   * called; those too that are only made meanwhile.
   */
  hold(name: string, as: 'open' | 'closed', reason?: string): () => void {
    const hold: Hold = { name, as, reason, releases: [] };
    this.#holds.add(hold);
    for (const { circuit } of this.#known.values()) applyHold(hold, circuit);
    return () => {
      this.#holds.delete(hold);
      for (const release of hold.releases.splice(0)) release();
    };
  }

  /** Every breaker there is, by the key under which it is shared. */
  *circuits(): Iterable<readonly [key: string, circuit: Circuit]> {
    for (const [key, { circuit }] of this.#known) yield [key, circuit];
  }

  degraded(feature: string, policy: string, target: string, error: unknown): void {
    const key = JSON.stringify([feature, policy, target]);
    const before = this.#degraded.get(key);
    const at = new Date(this.wallNow()).toISOString();
    const degradation: Degradation = Object.freeze({
      feature,
      policy,
      target,
      since: before?.since ?? at,
      lastAt: at,
      times: (before?.times ?? 0) + 1,
      reason: error instanceof Error ? error.message : String(error),
    });
    this.#degraded.set(key, degradation);
    this.#tell({ type: 'degraded', degradation });
  }

  /** Where the calls of a quota are counted for all workers; undefined where each counts for itself. */
  sharedCount(policy: string, target: string): SharedCount | undefined {
    return this.shared?.countFor(targetKey(policy, target));
  }

  #changed(key: string, change: BreakerChange): void {
    const known = this.#known.get(key);
    if (known === undefined) return;
    const { policy, circuit, hooks } = known;
    if (change.by === 'calls') this.shared?.changed(key, circuit, change);
    this.#tell({ type: 'breaker', policy, ...change });
    const hook = change.to === 'open' ? hooks.onOpen : change.to === 'closed' ? hooks.onRecover : undefined;
    // A hook that waits must not make a call wait, and one that fails must not make it fail.
    if (hook) void attempt(() => hook(change));
  }

  #tell(event: RegistryEvent): void {
    for (const listener of this.#listeners) void attempt(() => listener(event));
  }
}

function applyHold({ name, as, reason, releases }: Hold, circuit: Circuit): void {
  if (isOf(circuit.target, name)) releases.push(circuit.hold(as, reason));
}

/** Whoever listens must not break a call. */
async function attempt(listen: () => void | Promise<void>): Promise<void> {
  try {
    await listen();
  } catch {
    // It is theirs.
  }
}

/** Slashes and percent signs in names would make two targets one. */
export function targetKey(policy: string, target: string): string {
  return `${encodeURIComponent(policy)}/${encodeURIComponent(target)}`;
}
