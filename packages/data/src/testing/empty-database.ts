/** An empty database on each of the real servers of the tests. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, type SqlDatabase } from '@quality-hub/clients/db';

export type DatabaseKind = SqlDatabase['dialect'];

// Passed through by turbo as `QH_*_URL`, which the linter does not read.
const { env } = process;
const SERVERS = { postgres: env['QH_POSTGRES_URL'], mysql: env['QH_MARIADB_URL'] } as const;

export const databaseServers: readonly {
  readonly kind: DatabaseKind;
  readonly skip: boolean;
  readonly note: string;
}[] = [
  { kind: 'sqlite', skip: false, note: '' },
  noteOf('postgres', 'QH_POSTGRES_URL'),
  noteOf('mysql', 'QH_MARIADB_URL'),
];

export interface EmptyDatabase {
  readonly url: string;
  readonly database: SqlDatabase;
  drop(): Promise<void>;
}

export async function emptyDatabase(kind: DatabaseKind): Promise<EmptyDatabase> {
  const name = `qh_test_${randomBytes(6).toString('hex')}`;
  if (kind === 'sqlite') {
    const folder = mkdtempSync(join(tmpdir(), 'qh-sqlite-'));
    const url = join(folder, `${name}.db`);
    const database = openDatabase({ name: 'shop', kind, url });
    return {
      url,
      database,
      async drop() {
        await database.close();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  }
  const server = SERVERS[kind] ?? '';
  await onServer(kind, server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const database = openDatabase({ name: 'shop', kind, url: url.href });
  return {
    url: url.href,
    database,
    async drop() {
      await database.close();
      await onServer(kind, server, `DROP DATABASE ${name}${kind === 'postgres' ? ' WITH (FORCE)' : ''}`);
    },
  };
}

async function onServer(kind: DatabaseKind, url: string, sql: string): Promise<void> {
  await using admin = openDatabase({ name: 'admin', kind, url });
  await admin.query(sql);
}

function noteOf(kind: 'postgres' | 'mysql', variable: string): (typeof databaseServers)[number] {
  const skip = SERVERS[kind] === undefined;
  return { kind, skip, note: skip ? ` (needs ${variable})` : '' };
}
