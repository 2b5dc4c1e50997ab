/** The snapshots of a configuration. */
import { resolve } from 'node:path';
import type { SqlDatabase } from '@quality-hub/clients/db';
import type { Snapshots } from '@quality-hub/data';
import type { Runtime } from '../runtime.ts';

export interface SnapshotPlaces {
  /** Where they are kept: `.quality-hub/snapshots`. */
  readonly folder: string;
  /** A database as the one who asks sees it: the copy of a worker, say. @default that of the configuration */
  readonly database?: (name: string) => SqlDatabase;
}

/** @throws {RuntimeNameError} where `data.snapshots` names a database that there is none of (`QH_RUNTIME_NAME`). */
export async function openSnapshotsOf(runtime: Runtime, { folder, database }: SnapshotPlaces): Promise<Snapshots> {
  const section = runtime.data.snapshots ?? {};
  const { openSnapshots, partsOf } = await import('@quality-hub/data');
  const { version, retention } = section;
  return openSnapshots({
    folder,
    parts: partsOf(section, {
      databaseNames: runtime.databaseNames,
      database: name => {
        const own = runtime.database(name);
        return runtime.isolation(name) === 'template' && database ? database(name) : own;
      },
      path: path => resolve(runtime.folder, path),
    }),
    ...(version === undefined ? {} : { version }),
    ...(retention ? { retention } : {}),
  });
}
