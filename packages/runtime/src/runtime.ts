/** What one process has of its configuration: clients, databases, secrets, flags and shared state, closed in order. */
import type { CallRecord, HttpClient } from '@quality-hub/clients';
import type { IsolationStrategy, QueryRecord, SqlDatabase } from '@quality-hub/clients/db';
import type { DataSection, FactoriesError, Ledger, Target } from '@quality-hub/data';
import type { Flags } from '@quality-hub/flags';
import type { Evidence, KeyValueDriver, LeaseDriver, PoolEvidence, PoolStatistics } from '@quality-hub/protocol';
import {
  type DependencyHealth,
  type HealthBoard,
  healthEvidence,
  type Policy,
  type Readiness,
  type Registry,
  type RegistryEvent,
  registryEvidence,
  type SharedBreakers,
} from '@quality-hub/resilience';
import type { Fence } from '@quality-hub/state';
import type { LazyLedger } from './data/lazy-ledger.ts';
import { RuntimeClosedError, RuntimeNameError } from './errors.ts';
import { endOfCall, endOfQuery, type FailureMemory } from './failure-memory.ts';
import type { ChosenStrategies, DatabasesOfTest, IsolatedDatabases } from './isolated-databases.ts';
import type { LazyCache } from './lazy-cache.ts';
import type { LazyFlags } from './lazy-flags.ts';
import { type PoolCounts, PoolTelling } from './pool-telling.ts';
import { closeResources, type Resources } from './resources.ts';
import type { RuntimeSecrets } from './secrets/runtime-secrets.ts';
import { dependencyOf, type QualityHubConfig } from './sections.ts';
import type { LazySharing } from './sharing/lazy-sharing.ts';
import type { Sharing } from './sharing/sharing.ts';
import { toldPolicy } from './told-policy.ts';
import { warmUpClients } from './warm-up.ts';
import { dependenciesOf } from './watch-dependencies.ts';

/** What a runtime is made of. */
export interface RuntimeParts {
  readonly config: QualityHubConfig;
  readonly ledger: LazyLedger;
  readonly target: Target;
  /** Paths of the configuration are from here. */
  readonly folder: string;
  readonly flags: LazyFlags;
  readonly cache: LazyCache;
  readonly resources: Resources;
  readonly secrets: RuntimeSecrets;
  readonly isolated: IsolatedDatabases;
  readonly registry: Registry;
  readonly shared: SharedBreakers;
  readonly store: KeyValueDriver;
  readonly leases: LeaseDriver;
  readonly sharing: LazySharing;
  /** Why the state is the memory of this process, where it was to be shared. */
  readonly stateTrouble?: string | undefined;
  readonly fence: Fence;
  readonly own: KeyValueDriver;
  readonly board: HealthBoard;
  readonly failures: FailureMemory;
  readonly observe: (evidence: Evidence) => void;
  readonly remainingMs: (() => number | undefined) | undefined;
}

export class Runtime {
  readonly #parts: RuntimeParts;
  readonly #pools = new PoolTelling();
  readonly #endWarmUp: () => void;
  readonly #stopListening: () => void;
  /** What is remembered is written in the order in which it happened. */
  #telling: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(parts: RuntimeParts) {
    this.#parts = parts;
    const { registry, board, observe } = parts;
    const stopListening = registry.on(event => this.#heard(event));
    // What somebody needed and is down is told to whom it has blocked.
    const stopWatching = board.on(change => {
      if (change.to !== 'down' || change.by === 'schedule') observe(healthEvidence(change));
    });
    this.#stopListening = () => {
      stopListening();
      stopWatching();
    };
    this.#endWarmUp = warmUpClients(parts.resources.clients, parts.config);
  }

  /** Breakers and counts of this process. */
  get registry(): Registry {
    return this.#parts.registry;
  }

  /** The secrets of the configuration. */
  get secrets(): RuntimeSecrets {
    return this.#parts.secrets;
  }

  /** What the workers of this run share. */
  get state(): KeyValueDriver {
    return this.#parts.own;
  }

  /** All that the store holds, of every run: for what lives longer than one. Each use takes a part of it with `prefixed`. */
  get store(): KeyValueDriver {
    return this.#parts.store;
  }

  /** Claims on names that all runs over this store share. */
  get leases(): LeaseDriver {
    return this.#parts.leases;
  }

  /** The cache of this process: opened with its first use. */
  get cache(): LazyCache {
    if (this.#closing !== undefined) throw new RuntimeClosedError('The cache');
    return this.#parts.cache;
  }

  /** Locks, pools and work that is done once. @throws {RuntimeClosedError} (`QH_RUNTIME_CLOSED`) */
  sharing(): Promise<Sharing> {
    if (this.#closing !== undefined) throw new RuntimeClosedError('A lock');
    return this.#parts.sharing.open();
  }

  /** Why the state is the memory of this process, where the configuration has it shared; undefined where all is well. */
  get stateTrouble(): string | undefined {
    return this.#parts.stateTrouble;
  }

  /** Who sees what is kept in the state: this process, all of this machine, or all machines. */
  get stateReach(): 'process' | 'machine' | 'machines' {
    if (!this.#parts.leases.shared) return 'process';
    const kind: string | undefined = this.#parts.config.state?.kind;
    return kind === 'redis' ? 'machines' : 'machine';
  }

  /** All leases of this process: no call of a client or database goes out while one of them is lost. */
  get fence(): Fence {
    return this.#parts.fence;
  }

  /** The feature flags of the configuration. */
  flags(): Promise<Flags> {
    if (this.#closing !== undefined) throw new RuntimeClosedError('The flags');
    return this.#parts.flags.open();
  }

  /** Where its clients and databases lead: a sweep removes what was created there. */
  get target(): Target {
    return this.#parts.target;
  }

  /**
   * What was created outside of this process, written down before. It belongs to all runs over this store.
   *
   * @throws {UnsupportedError} (`QH_UNSUPPORTED`) where the store does not promise what `data.durability` wants.
   */
  ledger(): Promise<Ledger> {
    if (this.#closing !== undefined) throw new RuntimeClosedError('The ledger');
    return this.#parts.ledger.open();
  }

  /** The section `data` of the configuration. */
  get data(): DataSection {
    return this.#parts.config.data ?? {};
  }

  /** Loads `data.factories`; gives the error that names those which cannot be loaded. */
  async loadFactories(): Promise<FactoriesError | undefined> {
    const { factories = [] } = this.data;
    if (factories.length === 0) return undefined;
    const { loadFactories } = await import('@quality-hub/data');
    return loadFactories(factories, this.#parts.folder);
  }

  /** What paths of the configuration begin at. */
  get folder(): string {
    return this.#parts.folder;
  }

  get clientNames(): readonly string[] {
    return [...this.#parts.resources.clients.keys()];
  }

  get databaseNames(): readonly string[] {
    return [...this.#parts.resources.databases.keys()];
  }

  /** @throws {RuntimeNameError} (`QH_RUNTIME_NAME`) @throws {RuntimeClosedError} (`QH_RUNTIME_CLOSED`) */
  client(name = 'default'): HttpClient {
    return this.#named('client', name, this.#parts.resources.clients);
  }

  /**
   * Tells the runtime of a call, where a client that was made from one of its own has another observer: the workers of a
   * run count failures together.
   */
  note(call: CallRecord): void {
    this.#queue(() => this.#parts.failures.take(endOfCall(call.facts)));
  }

  /** A statement of one of its databases has ended. */
  noteQuery(query: QueryRecord): void {
    this.#parts.isolated.heard(query);
    // What runs inside of a transaction is told again, as part of it.
    if (!query.inTransaction) this.#queue(() => this.#parts.failures.take(endOfQuery(query)));
  }

  /** What connections came to since this was asked before: opened, used again, waited for. */
  poolEvidence(): readonly PoolEvidence[] {
    const { isolated, resources } = this.#parts;
    const { clients, databases } = resources;
    const counts: PoolCounts[] = [...clients.values()].flatMap(client =>
      client.statistics().map(({ origin, opened, failed, reused, waits, waitedMs }) => {
        return {
          dependency: client.name,
          server: origin,
          opened,
          broken: failed,
          reused,
          waits,
          waitedMs: Math.round(waitedMs),
        };
      }),
    );
    for (const database of databases.values()) {
      const { opened, broken, reused, waits, waitedMs } = isolated.statisticsOf(database);
      counts.push({ dependency: database.name, server: database.server, opened, broken, reused, waits, waitedMs });
    }
    return this.#pools.since(counts);
  }

  /** How a database is undone after a test, unless the test chooses otherwise. @default 'none' */
  isolation(name: string): IsolationStrategy {
    return this.#parts.config.databases?.[name]?.isolation ?? 'none';
  }

  /** What carries a client's calls in a test. */
  transport(name = 'default'): 'undici' | 'playwright' {
    return this.#parts.config.clients?.[name]?.transport ?? 'undici';
  }

  /** Base of a client as the configuration names it. */
  baseURL(name = 'default'): string | undefined {
    const base = this.#parts.config.clients?.[name]?.baseURL;
    return base === undefined ? undefined : String(base);
  }

  /** @throws {RuntimeNameError} (`QH_RUNTIME_NAME`) @throws {RuntimeClosedError} (`QH_RUNTIME_CLOSED`) */
  database(name: string): SqlDatabase {
    return this.#named('database', name, this.#parts.resources.databases);
  }

  /**
   * The databases as one test uses them: undone after it, in the way that the configuration or `chosen` names.
   *
   * @throws {RuntimeNameError} (`QH_RUNTIME_NAME`) @throws {RuntimeClosedError} (`QH_RUNTIME_CLOSED`)
   */
  databasesOfTest(chosen?: ChosenStrategies): DatabasesOfTest {
    if (this.#closing !== undefined) throw new RuntimeClosedError('The databases');
    return this.#parts.isolated.forTest(chosen);
  }

  /**
   * What the connections to a database came to, with those to the copies of this worker.
   *
   * @throws {RuntimeNameError} (`QH_RUNTIME_NAME`) @throws {RuntimeClosedError} (`QH_RUNTIME_CLOSED`)
   */
  statistics(database: string): PoolStatistics {
    return this.#parts.isolated.statisticsOf(this.database(database));
  }

  /** Where the code under test finds a database of this worker. @throws {RuntimeNameError} (`QH_RUNTIME_NAME`) */
  addressOf(database: string): Promise<string> {
    return this.#parts.isolated.addressOf(database);
  }

  /** @throws {RuntimeNameError} (`QH_RUNTIME_NAME`) @throws {RuntimeClosedError} (`QH_RUNTIME_CLOSED`) */
  policy(name: string): Policy {
    return this.#named('policy', name, this.#parts.resources.policies);
  }

  /**
   * The policy of that name for code of the suite's own: each call is told as evidence, and none outlives its test.
   *
   * @throws {RuntimeNameError} (`QH_RUNTIME_NAME`) @throws {RuntimeClosedError} (`QH_RUNTIME_CLOSED`)
   */
  guard(name: string): Policy {
    const { observe, remainingMs } = this.#parts;
    return toldPolicy(this.policy(name), { observe, ...(remainingMs ? { remainingMs } : {}) });
  }

  /**
   * Whether a test that needs `dependency`, a client, a database or a policy, can begin: not while a breaker of any worker of
   * this run is open for it. When its time is over, one worker tries it, by its health path, or by letting one test begin where
   * it has none.
   *
   * @throws {RuntimeNameError} (`QH_RUNTIME_NAME`) if there is nothing of this name.
   */
  async readiness(dependency: string, signal?: AbortSignal): Promise<Readiness> {
    const { resources, board, observe } = this.#parts;
    const names = dependenciesOf(resources);
    const name = names.includes(dependency) ? dependency : dependencyOf(dependency);
    if (!names.includes(name)) throw new RuntimeNameError('dependency', dependency, names);
    const readiness = await board.readiness(name, signal);
    if (!readiness.ready) observe({ kind: 'health', dependency: name, state: 'down', detail: readiness.reason });
    return readiness;
  }

  /** How every client, database and policy is, as far as any worker of this run knows. */
  health(): Promise<readonly DependencyHealth[]> {
    return this.#parts.board.read();
  }

  /** Clients first, then databases, then what they tell others, and the store last. Safe to call twice. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const { resources, secrets, isolated, shared, sharing, ledger, store, leases, board, flags, cache } = this.#parts;
    this.#endWarmUp();
    try {
      // It may need clients to remove what pools have made.
      await sharing.close();
      await flags.close();
      await isolated.close();
      await closeResources(resources);
    } finally {
      this.#stopListening();
      await board.close();
      await shared.close();
      await this.#telling;
      // After all that may sign in once more to say goodbye.
      await secrets.close();
      await ledger.close();
      await cache.close();
      await leases.close();
      await store.close();
    }
  }

  #named<T>(kind: string, name: string, all: ReadonlyMap<string, T>): T {
    if (this.#closing !== undefined) throw new RuntimeClosedError(`The ${kind} ${name}`);
    const found = all.get(name);
    if (found === undefined) throw new RuntimeNameError(kind, name, [...all.keys()]);
    return found;
  }

  #heard(event: RegistryEvent): void {
    // What others found is their evidence.
    if (event.type === 'breaker' && event.by === 'others') return;
    this.#parts.observe(registryEvidence(event));
    if (event.type === 'breaker' && event.to !== 'half-open')
      this.#queue(() => this.#parts.failures.forget(event.policy));
  }

  /** A store that fails costs what others would learn, and nothing else. */
  #queue(tell: () => Promise<void>): void {
    this.#telling = this.#telling.then(tell).catch(() => {});
  }
}
