/** The state of one machine: a file that many processes share through SQLite's own locks. */
import type { KeyValueDriver, LeaseDriver } from '@quality-hub/protocol';
import { patiently, SharedFile } from './sqlite/patiently.ts';
import { SqliteDriver } from './sqlite/sqlite-driver.ts';
import { openStateFile } from './sqlite/sqlite-file.ts';
import { SqliteLeases } from './sqlite/sqlite-leases.ts';

/** How long a call waits for other processes. */
const WAIT_MS = 2_000;
/** 64 MB: what workers share is small, and a runaway writer must not fill the disk. */
const MAX_BYTES = 64 * 1_048_576;

export interface SqliteDriverOptions {
  /** The file; it and its folder are made where they are missing, for their owner alone. */
  readonly path: string;
  /** Longest wait for another process, in milliseconds; the event loop goes on meanwhile. @default 2000 */
  readonly waitMs?: number;
  /** Largest size of the file, in bytes. @default 67108864 */
  readonly maxBytes?: number;
  /** Wall clock in milliseconds: lifetimes are compared between processes. @default Date.now */
  readonly now?: () => number;
}

/** Both parts of one file; it is closed when both are. */
export interface SqliteState {
  readonly store: KeyValueDriver;
  readonly leases: LeaseDriver;
}

/**
 * Opens the store and the leases of a machine.
 *
 * Every call is one transaction, so it happens wholly or not at all, also when its process is killed in the middle. What was
 * written survives the process; a power cut may take the last second of it.
 *
 * @throws {StateError} with one of its codes.
 */
export async function openSqliteState(options: SqliteDriverOptions): Promise<SqliteState> {
  const { now = Date.now } = options;
  const file = await openFile(options);
  return { store: new SqliteDriver(file, now), leases: new SqliteLeases(file, now) };
}

/** Opens the store alone. @throws {StateError} with one of its codes. */
export async function openSqliteDriver(options: SqliteDriverOptions): Promise<KeyValueDriver> {
  return new SqliteDriver(await openFile(options), options.now ?? Date.now);
}

async function openFile({ path, waitMs = WAIT_MS, maxBytes = MAX_BYTES }: SqliteDriverOptions): Promise<SharedFile> {
  return new SharedFile(await patiently({ path, waitMs }, () => openStateFile(path, maxBytes)), { path, waitMs });
}
