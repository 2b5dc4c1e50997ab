/** The section `data` of the configuration. */
import type { Durability } from '@quality-hub/protocol';
import type { AnyEnvironment } from './environments/environment.ts';
import type { SnapshotsSection } from './snapshots/section.ts';

export interface DataSection {
  /**
   * Modules that define factories, from the folder of the configuration. Whoever removes what dead workers have left loads
   * them, with Node alone: imports in them need their extension.
   */
  readonly factories?: readonly string[];
  /** Language of made-up data, as faker names it: 'de', 'pt_BR' … @default 'en' */
  readonly locale?: string;
  /**
   * What an entry of the ledger has to survive; a store that promises less is refused.
   * @default 'process', and 'none' where `state.kind` is 'memory'
   */
  readonly durability?: Durability;
  /** How what a test has created is removed after it. */
  readonly removal?: RemovalSection;
  /** Removal of what earlier runs have left, by the first worker of a run that uses data; false: by `quality-hub sweep` alone. */
  readonly sweep?: false | SweepSection;
  /** What is said of leftovers at the end of a run. */
  readonly backlog?: BacklogSection;
  /** What each worker has for itself besides its databases, by name: `environment('tenant')`. */
  readonly environments?: Readonly<Record<string, AnyEnvironment>>;
  /** What a snapshot is made of, and how long it is kept. */
  readonly snapshots?: SnapshotsSection;
}

export interface RemovalSection {
  /** Time for all that one test has created, besides the test's own, in milliseconds. @default 30000 */
  readonly timeoutMs?: number;
  /** How many are removed at the same time. @default 8 */
  readonly concurrency?: number;
}

export interface SweepSection {
  /** Time for all of it, in milliseconds. @default 120000 */
  readonly timeoutMs?: number;
  /** Only what is at least so old, in milliseconds. @default 0 */
  readonly olderThanMs?: number;
}

export interface BacklogSection {
  /** The run says so where more than so many things are left behind. @default 0 */
  readonly warn?: number;
  /** The run fails where more than so many things are left behind. @default never */
  readonly fail?: number;
}
