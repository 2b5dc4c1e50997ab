/** Masks what is kept of a run that has ended with values that were learned too late: in its spool and in the database. */
import { existsSync } from 'node:fs';
import { type HubFolder, type Mask, runSpoolFolder } from '@quality-hub/telemetry';
import { SqliteRunStore } from '../store/sqlite-store.ts';
import { maskSpool } from './mask-spool.ts';

export interface MaskRunOptions {
  readonly folder: HubFolder;
  readonly runId: string;
  readonly mask: Mask;
  /** This one has ended; the spool of another shard is masked where that has ended too. @default all have */
  readonly shard?: number;
  /** How long somebody else may hold the database, in milliseconds. @default 2000 */
  readonly busyMs?: number;
}

export interface MaskedRun {
  /** Spool files that were changed. */
  readonly files: readonly string[];
  /** Values of columns that were changed. */
  readonly rows: number;
  /** Where a value still is. */
  readonly left: readonly string[];
}

/**
 * Nobody may write to the run any more. The spool first: a database that is built from it anew holds no value either. A second
 * time there is nothing to do.
 *
 * @throws {SpoolError} (`QH_SPOOL`) of telemetry where a file of the spool cannot be written.
 * @throws {StoreError} where the database cannot be written.
 */
export async function maskRun({ folder, runId, mask, shard, busyMs = 2_000 }: MaskRunOptions): Promise<MaskedRun> {
  if (mask.size === 0) return { files: [], rows: 0, left: [] };
  const files = maskSpool(runSpoolFolder(folder, runId), mask, shard === undefined ? {} : { shard });
  if (!existsSync(folder.database)) return { files, rows: 0, left: [] };
  const store = new SqliteRunStore({ path: folder.database, enterMs: busyMs, busyMs });
  try {
    const { changed, isLeft } = await store.mask(runId, mask);
    return { files, rows: changed, left: isLeft ? [folder.database] : [] };
  } finally {
    await store.close();
  }
}
