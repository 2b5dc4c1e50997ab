/** The composition root: makes what a configuration names, lets it tell what it sees, and closes it in order. */
import { dirname } from 'node:path';
import type { CallRecord, HttpClient } from '@quality-hub/clients';
import type { QueryRecord, SqlDatabase } from '@quality-hub/clients/db';
import { ConfigError } from '@quality-hub/config';
import type { Flags } from '@quality-hub/flags';
import type { Evidence, KeyValueDriver, PoolEvidence, PoolStatistics } from '@quality-hub/protocol';
import {
  type DependencyHealth,
  HealthBoard,
  healthEvidence,
  type Policy,
  type Readiness,
  Registry,
  type RegistryEvent,
  registryEvidence,
  type SharedBreakers,
  shareBreakers,
} from '@quality-hub/resilience';
import { prefixed } from '@quality-hub/state';
import { createMask, type Mask } from '@quality-hub/telemetry';
import { databaseEvidence } from './database-evidence.ts';
import { RuntimeClosedError, RuntimeNameError } from './errors.ts';
import { endOfCall, endOfQuery, FailureMemory } from './failure-memory.ts';
import { type ChosenStrategies, type DatabasesOfTest, IsolatedDatabases } from './isolated-databases.ts';
import { LazyFlags } from './lazy-flags.ts';
import type { OpenAt } from './make-database.ts';
import { openState, stateProblems } from './open-state.ts';
import { OwnTime } from './own-time.ts';
import { type PoolCounts, PoolTelling } from './pool-telling.ts';
import { closeResources, makeResources, type Resources } from './resources.ts';
import { openBound } from './secrets/open-bound.ts';
import type { RunningTest, RuntimeSecrets } from './secrets/runtime-secrets.ts';
import { dependencyOf, type QualityHubConfig } from './sections.ts';
import { toldPolicy } from './told-policy.ts';
import { warmUpClients } from './warm-up.ts';
import { dependenciesOf, watchDependencies } from './watch-dependencies.ts';

export interface RuntimeOptions {
  readonly config: QualityHubConfig;
  /** Where the configuration was found, for messages. @default 'The configuration' */
  readonly configPath?: string;
  /** Names this process to the others; unique in the run. */
  readonly worker: string;
  /** Names the run: its workers share, and no others. */
  readonly runId: string;
  /** The file that workers share; without one nothing is shared. */
  readonly stateFile?: string;
  /** Base of the default client where the configuration names none. */
  readonly baseURL?: string;
  /** Hears what clients, databases and breakers saw. */
  readonly observe?: (evidence: Evidence) => void;
  /** Hears of every call, with what was sent and what came. */
  readonly onCall?: (call: CallRecord) => void;
  /** What is left of the running test, in milliseconds. */
  readonly remainingMs?: () => number | undefined;
  /** Headers that tie a call to its test. */
  readonly headersFor?: (url: string) => Readonly<Record<string, string>> | undefined;
  readonly mask?: Mask;
  /** Hears of every text of a secret before anybody gets it; the mask knows it already. */
  readonly beforeReveal?: (name: string, texts: readonly string[]) => void;
  /** The test that runs, for rules of access, for the audit and for evidence. */
  readonly runningTest?: () => RunningTest | undefined;
  /** Where it is written who had which secret. */
  readonly auditFile?: string;
  /** Wall clock. @default Date.now */
  readonly now?: () => number;
}

/**
 * Opens the runtime of one process. Clients and databases connect with their first use.
 *
 * @throws {ConfigError} (`QH_CONFIG`) with everything that is wrong with the sections.
 */
export async function openRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { observe = () => {}, onCall, mask = createMask({}), now = Date.now } = options;
  const folder = options.configPath === undefined ? process.cwd() : dirname(options.configPath);
  const registry = new Registry({ wallNow: now });
  const remaining = options.remainingMs ? { remainingMs: options.remainingMs } : {};
  const time = new OwnTime(options.remainingMs);
  let runtime: Runtime | undefined;
  const { secrets, config } = await openBound(options, { mask, folder, observe, now });
  const { store, trouble } = await openState(config.state, options.stateFile);
  const own = prefixed(store, `run/${encodeURIComponent(options.runId)}/`);
  const resources = await makeResources(config, {
    registry,
    store: own,
    secrets,
    client: {
      mask,
      ...remaining,
      ...(options.headersFor ? { headersFor: options.headersFor } : {}),
      observe: call => {
        runtime?.note(call);
        observe(call.evidence());
        onCall?.(call);
      },
    },
    database: {
      mask,
      secrets,
      remainingMs: time.remainingMs,
      observe: query => {
        runtime?.noteQuery(query);
        for (const evidence of databaseEvidence(query)) observe(evidence);
      },
    },
    ...(options.baseURL === undefined ? {} : { baseURL: options.baseURL }),
  });
  const problems = [...resources.problems, ...stateProblems(config.state)];
  if (problems.length > 0) {
    await closeResources(resources);
    await secrets.close();
    await store.close();
    throw new ConfigError(options.configPath ?? 'The configuration', problems);
  }
  if (trouble !== undefined) observe({ kind: 'note', name: 'state.not-shared', data: { trouble } });
  const shared = shareBreakers(registry, own, { worker: options.worker });
  const board = new HealthBoard(registry, own);
  watchDependencies(board, config, resources);
  const failures = new FailureMemory(own);
  const isolated = new IsolatedDatabases({
    sections: config.databases ?? {},
    databases: resources.databases,
    openAt: (name, url) => (resources.openers.get(name) as OpenAt)(url),
    runId: options.runId,
    folder,
    stateFile: options.stateFile,
    time,
    observe,
  });
  runtime = new Runtime({
    config,
    flags: new LazyFlags(config.flags, options.configPath === undefined ? process.cwd() : dirname(options.configPath)),
    resources,
    secrets,
    isolated,
    registry,
    shared,
    store,
    own,
    board,
    failures,
    observe,
    remainingMs: options.remainingMs,
  });
  // A breaker that is open is learned from those who have opened it.
  for (const [dependency, policy] of [...resources.clientPolicies, ...resources.databasePolicies]) {
    if (!(await board.isDown(dependency).catch(() => true))) await failures.replay(dependency, policy).catch(() => {});
  }
  for (const [name, { warmUp }] of Object.entries(config.databases ?? {}))
    if (warmUp)
      void resources.databases
        .get(name)
        ?.warmUp()
        .catch(() => undefined);
  return runtime;
}

interface Parts {
  readonly config: QualityHubConfig;
  readonly flags: LazyFlags;
  readonly resources: Resources;
  readonly secrets: RuntimeSecrets;
  readonly isolated: IsolatedDatabases;
  readonly registry: Registry;
  readonly shared: SharedBreakers;
  readonly store: KeyValueDriver;
  readonly own: KeyValueDriver;
  readonly board: HealthBoard;
  readonly failures: FailureMemory;
  readonly observe: (evidence: Evidence) => void;
  readonly remainingMs: (() => number | undefined) | undefined;
}

export class Runtime {
  readonly #parts: Parts;
  readonly #pools = new PoolTelling();
  readonly #endWarmUp: () => void;
  readonly #stopListening: () => void;
  /** What is remembered is written in the order in which it happened. */
  #telling: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(parts: Parts) {
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

  /** The feature flags of the configuration. */
  flags(): Promise<Flags> {
    if (this.#closing !== undefined) throw new RuntimeClosedError('The flags');
    return this.#parts.flags.open();
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
    const { resources, secrets, isolated, shared, store, board, flags } = this.#parts;
    this.#endWarmUp();
    try {
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
