/** One connection to `hub.db`: opens it, brings its schema up to date, and turns what SQLite says into sentences. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { sqliteFileTrouble } from '@quality-hub/protocol';
import { StoreError } from '../errors.ts';
import { MIGRATIONS, SCHEMA_VERSION } from './migrations.ts';

/** How long the first write may wait for another program. */
const ENTER_MS = 2_000;
/** How long later writes may wait: batches are short, so only a stuck program holds the lock this long. */
const BUSY_MS = 5_000;

/** 16 MB of log before it is folded into the file: each time costs a wait for the disk. */
const CHECKPOINT_PAGES = 4_000;

export interface ConnectionOptions {
  readonly path: string;
  /** @default 2000 */
  readonly enterMs?: number;
  /** @default 5000 */
  readonly busyMs?: number;
}

export class SqliteConnection {
  readonly path: string;
  readonly #database: DatabaseSync;
  readonly #busyMs: number;
  readonly #enterMs: number;
  #entered = false;

  private constructor(path: string, database: DatabaseSync, enterMs: number, busyMs: number) {
    this.path = path;
    this.#database = database;
    this.#enterMs = enterMs;
    this.#busyMs = busyMs;
  }

  /**
   * Opens the file, makes it when it is missing, and migrates its schema under one exclusive lock.
   *
   * @throws {StoreError} with one of its codes.
   */
  static open({ path, enterMs = ENTER_MS, busyMs = BUSY_MS }: ConnectionOptions): SqliteConnection {
    const sqlite = process.getBuiltinModule?.('node:sqlite');
    if (!sqlite) {
      throw new StoreError(
        'QH_STORE_UNSUPPORTED',
        `Node ${process.versions.node} has no node:sqlite, so the hub cannot open ${path}`,
        'Use Node 22.19 or newer; the spool keeps every event until then',
      );
    }
    let database: DatabaseSync | undefined;
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      database = new sqlite.DatabaseSync(path, { timeout: enterMs });
      const connection = new SqliteConnection(path, database, enterMs, busyMs);
      connection.#prepareFile(enterMs);
      return connection;
    } catch (error) {
      database?.close();
      throw storeError(path, error, enterMs);
    }
  }

  get database(): DatabaseSync {
    return this.#database;
  }

  /**
   * Runs `work` as one write: all of it or nothing.
   *
   * @throws {StoreError} `QH_STORE_BUSY` if another program holds the lock too long.
   */
  write<T>(work: () => T): T {
    try {
      this.#database.exec('BEGIN IMMEDIATE');
    } catch (error) {
      throw storeError(this.path, error, this.#entered ? this.#busyMs : this.#enterMs);
    }
    if (!this.#entered) {
      this.#entered = true;
      this.#database.exec(`PRAGMA busy_timeout = ${this.#busyMs}`);
    }
    try {
      const result = work();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      try {
        this.#database.exec('ROLLBACK');
      } catch {
        // The failed statement has already ended the transaction; its error is the one to tell.
      }
      throw storeError(this.path, error, this.#busyMs);
    }
  }

  /** Runs `work`, which only reads. */
  read<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw storeError(this.path, error, this.#busyMs);
    }
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #prepareFile(enterMs: number): void {
    const database = this.#database;
    if (this.#version() !== SCHEMA_VERSION) {
      this.#useWal(enterMs);
      database.exec('BEGIN EXCLUSIVE');
      try {
        this.#migrate();
        database.exec('COMMIT');
      } catch (error) {
        database.exec('ROLLBACK');
        throw error;
      }
    }
    database.exec(
      `PRAGMA synchronous = NORMAL; PRAGMA cache_size = -4096; PRAGMA temp_store = MEMORY;
      PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`,
    );
  }

  /** SQLite does not wait by itself when two processes make the same new file and both change its journal mode. */
  #useWal(waitMs: number): void {
    for (const deadline = Date.now() + waitMs; ; pause(20)) {
      try {
        this.#database.exec('PRAGMA journal_mode = WAL');
        return;
      } catch (error) {
        if (sqliteFileTrouble(error) !== 'busy' || Date.now() >= deadline) throw error;
      }
    }
  }

  /** 0 for an empty file. */
  #version(): number {
    const known = this.#database.prepare(`SELECT name FROM sqlite_schema WHERE name = 'schema_version'`).get();
    if (!known) return 0;
    return Number(this.#database.prepare('SELECT max(version) AS version FROM schema_version').get()?.version ?? 0);
  }

  /** A database comes to its version step by step; damage may write any number there. */
  #requireEveryStepTo(version: number): void {
    const steps = Number(this.#database.prepare('SELECT count(*) AS steps FROM schema_version').get()?.steps);
    if (steps === version) return;
    throw corrupt(this.path, `schema version ${version} after ${steps} steps`);
  }

  #migrate(): void {
    const found = this.#version();
    if (found > 0) this.#requireEveryStepTo(found);
    if (found > SCHEMA_VERSION) {
      throw new StoreError(
        'QH_STORE_NEWER',
        `${this.path} has schema version ${found}; this Quality Hub knows versions up to ${SCHEMA_VERSION}`,
        'Update Quality Hub to the version that wrote it, or name another folder in QUALITY_HUB_DIR',
      );
    }
    if (found === 0) {
      this.#database.exec('CREATE TABLE schema_version (version INTEGER PRIMARY KEY, applied_at TEXT NOT NULL)');
    }
    const note = this.#database.prepare('INSERT INTO schema_version (version, applied_at) VALUES (?, ?)');
    for (let version = found + 1; version <= SCHEMA_VERSION; version++) {
      this.#database.exec(MIGRATIONS[version - 1] ?? '');
      note.run(version, new Date().toISOString());
    }
  }
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** What SQLite or the file system said, as one sentence with a remedy. */
function storeError(path: string, error: unknown, waitedMs: number): StoreError {
  if (error instanceof StoreError) return error;
  const said = error instanceof Error ? error.message : String(error);
  switch (sqliteFileTrouble(error)) {
    case 'busy':
      return new StoreError(
        'QH_STORE_BUSY',
        `Another program holds ${path}: no access within ${waitedMs / 1000} s`,
        'Close the program that has the database open and run `quality-hub show`; the spool keeps every event until then',
        error,
      );
    case 'damaged':
      return corrupt(path, said, error);
    case 'no-access':
      return new StoreError(
        'QH_STORE_OPEN',
        `Cannot open ${path} (${said})`,
        'Give write access to that folder, or name another one in QUALITY_HUB_DIR',
        error,
      );
    case 'full':
      return new StoreError(
        'QH_STORE',
        `${path} cannot be used (${said})`,
        'Make room on the disk; the spool keeps every event until then',
        error,
      );
    case 'other':
      return new StoreError(
        'QH_STORE',
        `${path} cannot be used (${said})`,
        'Run `quality-hub doctor`; the spool keeps every event until then',
        error,
      );
  }
}

function corrupt(path: string, said: string, cause?: unknown): StoreError {
  return new StoreError(
    'QH_STORE_CORRUPT',
    `${path} is damaged or no database (${said})`,
    'Run `quality-hub show`: it moves the file aside and rebuilds it from the spools',
    cause,
  );
}
