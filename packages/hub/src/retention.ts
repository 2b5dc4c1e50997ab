/** Removes the spools of old runs. The newest ones stay: the database can be rebuilt from them. */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { forgetValues, type HubFolder, runSpoolFolder } from '@quality-hub/telemetry';
import type { RunStore } from './store/run-store.ts';

/** So many runs keep their spool. */
export const KEPT_SPOOLS = 20;
/** Older runs than this many are not looked at: their spools are gone already. */
const LOOKED_AT = 1_000;

/** Deletes the spools of runs that have ended and are wholly stored, but for the newest. Returns the deleted folders. */
export async function pruneSpools(
  store: RunStore,
  folder: HubFolder,
  keep: number = KEPT_SPOOLS,
): Promise<readonly string[]> {
  const deleted: string[] = [];
  const runs = await store.runs(LOOKED_AT);
  for (const { runId, state } of runs.slice(keep)) {
    const path = runSpoolFolder(folder, runId);
    if (state === 'planned' || state === 'running' || !(await isStored(store, path))) continue;
    rmSync(path, { recursive: true, force: true });
    forgetValues({ spoolFolder: path });
    deleted.push(path);
  }
  return deleted;
}

/** False for a folder that is not there, or holds a byte that the store has not seen. */
async function isStored(store: RunStore, path: string): Promise<boolean> {
  let files: string[];
  try {
    files = readdirSync(path);
  } catch {
    return false;
  }
  for (const file of files) {
    const size = statSync(join(path, file), { throwIfNoEntry: false })?.size ?? 0;
    if (!file.endsWith('.ndjson') || (await store.offsetOf(basename(path), file)) < size) return false;
  }
  return true;
}
