/** What a child run left behind: output, events, rows, files. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import type { RunReport } from '@quality-hub/hub';
import type { RunEvent } from '@quality-hub/protocol';
import type { HubFolder } from '@quality-hub/telemetry';
import { InlineRunError } from '../errors.ts';
import type { ChildResult } from './run-child.ts';

export type Row = Readonly<Record<string, string | number | bigint | Uint8Array | null>>;
export type RowValue = string | number | bigint | null;

/** Result of {@link runInline}. Use it with `await using`: the project folder is removed at the end of the block. */
export interface InlineResult extends ChildResult, AsyncDisposable {
  /** Folder of the project. */
  readonly dir: string;
  readonly hubFolder: HubFolder;
  /** Every event this run wrote to its spools: reporters first, each writer's events in order. */
  readonly events: readonly RunEvent[];
  /** Rows of the run's own `hub.db`, as it is now. */
  rows(sql: string, ...values: readonly RowValue[]): Promise<readonly Row[]>;
  /** The hub's report, after it has read all spools. @default runId 'latest' */
  report(runId?: string): Promise<RunReport>;
  /** Text of a file of the project. */
  file(path: string): string;
  json<T = unknown>(path: string): T;
}

export interface ResultFacts {
  readonly child: ChildResult;
  readonly dir: string;
  readonly hubFolder: HubFolder;
  readonly events: readonly RunEvent[];
  /** True where the folder is ours to remove. */
  readonly temporary: boolean;
}

export function inlineResult({ child, dir, hubFolder, events, temporary }: ResultFacts): InlineResult {
  const file = (path: string): string => readText(resolve(dir, path), dir);
  return {
    ...child,
    dir,
    hubFolder,
    events,
    file,
    json: path => JSON.parse(file(path)),
    rows: (sql, ...values) => queryRows(hubFolder.database, sql, values),
    report: (runId = 'latest') => readReport(hubFolder, runId),
    async [Symbol.asyncDispose]() {
      if (temporary && !process.env.QH_KEEP) rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

function readText(path: string, dir: string): string {
  if (!existsSync(path))
    throw new InlineRunError(`The run left no file ${path}`, `Look into ${dir}; QH_KEEP=1 keeps it`);
  return readFileSync(path, 'utf8');
}

async function queryRows(database: string, sql: string, values: readonly RowValue[]): Promise<readonly Row[]> {
  if (!existsSync(database)) {
    throw new InlineRunError(`The run left no database ${database}`, 'Was our reporter in its configuration?');
  }
  const { DatabaseSync } = await import('node:sqlite');
  const db = new DatabaseSync(database, { readOnly: true, timeout: 5000 });
  try {
    // SQLite's rows have no prototype; plain ones compare as tests expect.
    return db
      .prepare(sql)
      .all(...values)
      .map(row => ({ ...row }));
  } finally {
    db.close();
  }
}

async function readReport(folder: HubFolder, runId: string): Promise<RunReport> {
  const { openHub } = await import('@quality-hub/hub');
  const hub = openHub({ folder });
  try {
    await hub.catchUp();
    return await hub.report(runId);
  } finally {
    await hub.close();
  }
}
