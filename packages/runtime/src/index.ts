/**
 * The composition root: opens what the configuration names, lets it tell what it sees, and closes it in order.
 *
 * Knows all packages that hold connections, and how they are put together; does not know Playwright.
 */

export type { AccessRule, RotatedSecret, RotationSteps, SecretsSection } from '@quality-hub/secrets';
export type {
  AcquireOptions,
  HeldLease,
  LendOptions,
  Lent,
  LockRequest,
  Member,
  Once,
  OnceOptions,
  OnceWork,
  Pools,
} from '@quality-hub/state/sharing';
export { openEnvironments } from './data/open-environments.ts';
export { openSnapshotsOf, type SnapshotPlaces } from './data/open-snapshots.ts';
export { DatabaseNotReadyError, RuntimeClosedError, RuntimeNameError } from './errors.ts';
export type { ChosenStrategies, DatabasesOfTest } from './isolated-databases.ts';
export type { LazyCache } from './lazy-cache.ts';
export { openRuntime, type RuntimeOptions } from './open-runtime.ts';
export { Runtime } from './runtime.ts';
export type { RunningTest, RuntimeSecrets } from './secrets/runtime-secrets.ts';
export type {
  CacheSection,
  ClientSection,
  DatabaseSection,
  HealthSection,
  PolicySection,
  QualityHubConfig,
  StateSection,
} from './sections.ts';
export type { PoolEntry, PoolSection, PoolSurroundings } from './sharing/pool-section.ts';
export type { Asker, Shares, Sharing } from './sharing/sharing.ts';
