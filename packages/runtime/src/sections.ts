/** What the sections of a configuration may hold: the options of the packages that they configure. */
import type { Auth, AuthSection, HttpClientOptions } from '@quality-hub/clients';
import type { DatabaseOptions, IsolationSection } from '@quality-hub/clients/db';
import type { HubConfig, SecretReference } from '@quality-hub/config';
import type { DataSection } from '@quality-hub/data';
import type { FlagsSection } from '@quality-hub/flags';
import type { PolicyOptions, ProbeSchedule } from '@quality-hub/resilience';
import type { SecretsSection } from '@quality-hub/secrets';
import type { MemoryTierOptions, SharedTierOptions } from '@quality-hub/state/cache';
import type { PoolEntry } from './sharing/pool-section.ts';

/** What the runtime gives to a client itself. */
type Given =
  | 'name'
  | 'policy'
  | 'remainingMs'
  | 'observe'
  | 'headersFor'
  | 'transport'
  | 'mask'
  | 'now'
  | 'sleep'
  | 'admit';

export interface ClientSection extends Omit<HttpClientOptions, Given | 'auth' | 'baseURL' | 'headers'> {
  /** Paths of calls are below it. A secret is read when the client is made; a user and password in it sign in. */
  readonly baseURL?: string | URL | SecretReference;
  /** Sent with each call to the client's own origin; a secret is read anew for each attempt. */
  readonly headers?: Readonly<Record<string, string | SecretReference>>;
  /** Plain data, or what the functions of `@quality-hub/clients` give. An OAuth token is shared by all workers of the run. */
  readonly auth?: Auth | AuthSection;
  /**
   * `playwright`: calls of a test go over a request context of its own, so that they stand in its trace; they cost several
   * times as much, cannot stream, and keep cookies until the test ends.
   * @default 'undici'
   */
  readonly transport?: 'undici' | 'playwright';
  /** Connections that are opened when the first test of a worker asks for a client; nobody waits for them. @default 0 */
  readonly warmUp?: number;
  /** A name from `policies`, or the options of one. @default retries, a breaker for each host, deadlines, adaptive rate limit */
  readonly policy?: string | PolicySection;
  /**
   * A path that answers 2xx while the service is well: `/health`. Tests that need the service ask it, at most one worker at a
   * time, and at most every 10 s; an object also says how often to ask without being needed, and how many answers in a row count.
   */
  readonly health?: string | HealthSection;
}

export interface HealthSection extends ProbeSchedule {
  /** A path, or an URL, that answers 2xx while the service is well. */
  readonly path?: string;
}

export interface DatabaseSection
  extends Omit<DatabaseOptions, 'name' | 'policy' | 'remainingMs' | 'admit' | 'observe' | 'mask' | 'random'>,
    IsolationSection {
  /** A name from `policies`, or the options of one. @default retries and a breaker */
  readonly policy?: string | PolicySection;
  /** Where a test fails, asks for the plans of its slow statements. @default false */
  readonly plans?: boolean;
  /** Opens the connections of `pool.min`, one at least, before the first statement needs one. @default false */
  readonly warmUp?: boolean;
  /** When to ask the database whether it is well. */
  readonly health?: ProbeSchedule;
}

/** The policy is named after what it is made for. */
export type PolicySection = Omit<PolicyOptions, 'name'>;

export interface StateSection {
  /**
   * `sqlite`: shared by all workers of this machine; `redis`: by many machines; `memory`: each worker keeps its own.
   * @default 'sqlite'
   */
  readonly kind: 'sqlite' | 'memory' | 'redis';
  /** `redis://host:6379`, `rediss://` with TLS; nodes of a cluster with commas between them. */
  readonly url?: string | SecretReference;
  /** Before the name of every key in Redis: so several suites share a server. @default 'quality-hub' */
  readonly prefix?: string;
  /** `url` is that of a cluster. @default where it has several addresses */
  readonly cluster?: boolean;
}

export interface CacheSection extends Pick<SharedTierOptions, 'maxBytes' | 'compressFromBytes'> {
  /** In the memory of each worker. */
  readonly memory?: MemoryTierOptions;
  /**
   * Below memory. `file`: a file of its own, kept between runs on this machine; `state`: the store of the section `state`, so that
   * machines share it where they share that; `false`: nothing.
   * @default 'file'
   */
  readonly shared?: 'file' | 'state' | false;
  /** 32 bytes as base64. Without it, values marked as secret never leave the memory of their worker. */
  readonly encryptionKey?: string | SecretReference;
  /** Lifetime of values that are given none, in milliseconds. @default 300000 */
  readonly ttlMs?: number;
}

export type QualityHubConfig = HubConfig<
  ClientSection,
  DatabaseSection,
  PolicySection,
  StateSection,
  SecretsSection,
  FlagsSection,
  DataSection,
  CacheSection,
  PoolEntry
>;

/** The name of a client in reports, in errors and in `needs`: the default one is known by its fixture, `api`. */
export function dependencyOf(client: string): string {
  return client === 'default' ? 'api' : client;
}

/** What a client gets that names no policy. */
export const CLIENT_POLICY: PolicySection = {
  deadlineMs: 30_000,
  timeoutMs: 10_000,
  retry: 2,
  breaker: 'per-host',
  rateLimit: 'adaptive',
};

/** What a database gets that names no policy. */
export const DATABASE_POLICY: PolicySection = { retry: 2, breaker: true };

/** A path alone, or with when to ask it. */
export function healthOf(health: string | HealthSection | undefined): HealthSection {
  return typeof health === 'string' ? { path: health } : (health ?? {});
}
