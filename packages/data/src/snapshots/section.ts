/** The part of the configuration about snapshots: `data.snapshots`. */
import type { Database } from '@quality-hub/protocol';
import type { CustomPartOptions } from './parts/custom-part.ts';
import { customPart } from './parts/custom-part.ts';
import { type DatabasePartOptions, databasePart } from './parts/database/database-part.ts';
import { filesPart } from './parts/files-part.ts';
import { type RedisPartOptions, redisPart } from './parts/redis-part.ts';
import type { SnapshotPart } from './snapshot-part.ts';
import type { Retention } from './store/retention.ts';

export interface SnapshotsSection {
  /** Databases of the configuration, with the tables that are saved. @default all databases with all their tables */
  readonly databases?: Readonly<Record<string, Omit<DatabasePartOptions, 'database'>>>;
  /** Folders and files, by name. Paths are from the folder of the configuration. */
  readonly files?: Readonly<Record<string, string>>;
  /** Keys of Redis servers that the application uses, by name. */
  readonly redis?: Readonly<Record<string, RedisPartOptions>>;
  /** Whatever can save and load itself, by name. */
  // biome-ignore lint/suspicious/noExplicitAny: what one part saves goes to the same part, and to nobody else.
  readonly parts?: Readonly<Record<string, CustomPartOptions<any>>>;
  /** Of what is saved, as the suite counts: a snapshot of another version is refused. @default 1 */
  readonly version?: number;
  readonly retention?: Retention;
}

export interface PartSources {
  /** Of the configuration. */
  readonly databaseNames: readonly string[];
  readonly database: (name: string) => Database;
  /** The path from the folder of the configuration. */
  readonly path: (path: string) => string;
}

/** What the configuration names, by its names there. */
export function partsOf(section: SnapshotsSection, from: PartSources): Readonly<Record<string, SnapshotPart>> {
  const {
    databases = Object.fromEntries(from.databaseNames.map(name => [name, {}])),
    files = {},
    redis = {},
    parts = {},
  } = section;
  return Object.fromEntries([
    ...Object.entries(databases).map(([name, options]) => [
      name,
      databasePart({ ...options, database: from.database(name) }),
    ]),
    ...Object.entries(files).map(([name, path]) => [name, filesPart({ path: from.path(path) })]),
    ...Object.entries(redis).map(([name, options]) => [name, redisPart(options)]),
    ...Object.entries(parts).map(([name, options]) => [name, customPart(options)]),
  ]);
}
