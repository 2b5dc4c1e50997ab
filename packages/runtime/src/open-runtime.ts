/** The composition root: makes what a configuration names, lets it tell what it sees, and closes it in order. */
import { dirname } from 'node:path';
import type { CallRecord } from '@quality-hub/clients';
import { ConfigError } from '@quality-hub/config';
import type { Evidence } from '@quality-hub/protocol';
import { HealthBoard, Registry, shareBreakers } from '@quality-hub/resilience';
import { Fence, prefixed } from '@quality-hub/state';
import { createMask, type Mask } from '@quality-hub/telemetry';
import { LazyLedger } from './data/lazy-ledger.ts';
import { targetOf } from './data/target-of.ts';
import { databaseEvidence } from './database-evidence.ts';
import { RuntimeNameError } from './errors.ts';
import { FailureMemory } from './failure-memory.ts';
import { IsolatedDatabases } from './isolated-databases.ts';
import { LazyCache } from './lazy-cache.ts';
import { LazyFlags } from './lazy-flags.ts';
import type { OpenAt } from './make-database.ts';
import { openState, stateProblems } from './open-state.ts';
import { OwnTime } from './own-time.ts';
import { closeResources, makeResources } from './resources.ts';
import { Runtime } from './runtime.ts';
import { openBound } from './secrets/open-bound.ts';
import type { RunningTest } from './secrets/runtime-secrets.ts';
import type { QualityHubConfig } from './sections.ts';
import { LazySharing } from './sharing/lazy-sharing.ts';
import { watchDependencies } from './watch-dependencies.ts';

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
  /** What tells this environment from others besides the addresses in the configuration: its name, the `baseURL` of tests. */
  readonly place?: Readonly<Record<string, string>>;
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
  const fence = new Fence();
  let runtime: Runtime | undefined;
  const { secrets, config } = await openBound(options, { mask, folder, observe, now });
  const { store, leases, trouble } = await openState(config.state, options.stateFile);
  const own = prefixed(store, `run/${encodeURIComponent(options.runId)}/`);
  const resources = await makeResources(config, {
    registry,
    store: own,
    secrets,
    client: {
      mask,
      ...remaining,
      admit: fence.check,
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
      admit: fence.check,
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
    await leases.close();
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
  const { worker, stateFile } = options;
  const cache = new LazyCache({ section: config.cache, stateFile, store, leases, worker, observe });
  const target = targetOf(config, options.place ?? {}, folder);
  const ledger = new LazyLedger({
    target,
    section: config.data,
    store,
    isMemoryMeant: config.state?.kind === 'memory' || options.stateFile === undefined,
    trouble,
    mask,
    onChange: (kind, key) => cache.changed(kind, key),
  });
  const sharing = new LazySharing(() => ({
    section: config.pools ?? {},
    folder,
    leases,
    store,
    ownStore: own,
    runId: options.runId,
    fence,
    // Not by the runtime, which gives nothing any more when it closes: what pools have made is removed then.
    client: (name = 'default') => known('client', name, resources.clients),
    database: name => known('database', name, resources.databases),
    secret: name => secrets.get(name),
    now,
  }));
  runtime = new Runtime({
    config,
    sharing,
    stateTrouble: trouble,
    fence,
    ledger,
    target,
    folder,
    cache,
    flags: new LazyFlags(config.flags, options.configPath === undefined ? process.cwd() : dirname(options.configPath)),
    resources,
    secrets,
    isolated,
    registry,
    shared,
    store,
    leases,
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

function known<T>(kind: string, name: string, all: ReadonlyMap<string, T>): T {
  const found = all.get(name);
  if (found === undefined) throw new RuntimeNameError(kind, name, [...all.keys()]);
  return found;
}
