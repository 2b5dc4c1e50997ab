/** The real servers of the tests: an empty database for each test, and servers of one's own that may be stopped. */
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseContractSource, StoppableServer } from '@quality-hub/testkit';
import { openDatabase } from '../db/open-database.ts';

type Kind = 'postgres' | 'mysql' | 'sqlite';

/** A server of `scripts/servers`; they are plain JavaScript. */
interface Program {
  provide(places: unknown, say: (note: string) => void): Promise<{ found: object } | { missing: string }>;
  start(
    found: object,
    folder: string,
    log: string,
    again?: { port: number },
  ): Promise<{ url: string; pid: number; stop(): Promise<void> }>;
}

const SCRIPTS = new URL('../../../../scripts/', import.meta.url);

// Passed through by turbo as `QH_*_URL`, which the linter does not read.
const { env } = process;
export const postgresUrl = env['QH_POSTGRES_URL'];
export const mariadbUrl = env['QH_MARIADB_URL'];

/** An empty database on the server of the tests. */
export async function createDatabase(kind: Kind): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `qh_test_${randomBytes(6).toString('hex')}`;
  if (kind === 'sqlite') {
    const folder = mkdtempSync(join(tmpdir(), 'qh-sqlite-'));
    return { url: join(folder, `${name}.db`), drop: async () => rmSync(folder, { recursive: true, force: true }) };
  }
  const server = kind === 'postgres' ? postgresUrl : mariadbUrl;
  if (server === undefined) throw new Error(`There is no ${kind} server`);
  await using admin = openDatabase({ name: 'admin', kind, url: server });
  await admin.query(`CREATE DATABASE ${name}`);
  return {
    url: withDatabase(server, name),
    drop: async () => {
      await using again = openDatabase({ name: 'admin', kind, url: server });
      await again.query(`DROP DATABASE ${name}${kind === 'postgres' ? ' WITH (FORCE)' : ''}`);
    },
  };
}

function withDatabase(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

/** A server that only this test knows, with an empty database on it. */
export async function startOwnServer(kind: 'postgres' | 'mysql'): Promise<StoppableServer> {
  const file = kind === 'postgres' ? 'postgres' : 'mariadb';
  const program = ((await import(new URL(`servers/${file}.mjs`, SCRIPTS).href)) as Record<string, Program>)[file];
  const { placesOf } = (await import(new URL('setup/places.mjs', SCRIPTS).href)) as {
    placesOf(): { readonly log: string };
  };
  const sweep = (await import(new URL('servers/sweep-leftovers.mjs', SCRIPTS).href)) as {
    readonly FOLDER_PREFIX: string;
    readonly OWNER_FILE: string;
  };
  const places = placesOf();
  const provided = await program?.provide(places, () => undefined);
  if (!program || !provided) throw new Error(`There is no program for ${kind}`);
  if ('missing' in provided) throw new Error(provided.missing);
  const folder = mkdtempSync(join(tmpdir(), sweep.FOLDER_PREFIX));
  chmodSync(folder, 0o755);
  const start = async (again?: { port: number }): Promise<Awaited<ReturnType<Program['start']>>> => {
    const started = await program.start(provided.found, folder, places.log, again);
    writeFileSync(join(folder, sweep.OWNER_FILE), JSON.stringify({ owner: process.pid, server: started.pid }));
    return started;
  };
  let running = await start();
  const url = withDatabase(running.url, 'own');
  await using admin = openDatabase({ name: 'admin', kind, url: running.url });
  await admin.query('CREATE DATABASE own');
  return {
    url,
    stop: () => running.stop(),
    start: async () => {
      running = await start({ port: Number(new URL(url).port) });
    },
    remove: async () => {
      await running.stop();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Each server, as the contract asks for it. */
export const contractSources: Readonly<Record<Kind, DatabaseContractSource>> = {
  postgres: {
    name: 'PostgreSQL',
    ...(postgresUrl === undefined ? { skip: 'needs QH_POSTGRES_URL' } : {}),
    ...common('postgres'),
    placeholder: n => `$${n}`,
    slowRead: (ms, mark) => `SELECT pg_sleep(${ms / 1000}) /* ${mark} */`,
    running: mark =>
      `SELECT count(*) AS n FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() AND query LIKE '%${mark}%'`,
    network: true,
    stoppable: () => startOwnServer('postgres'),
    deadlocks: true,
  },
  mysql: {
    name: 'MariaDB',
    ...(mariadbUrl === undefined ? { skip: 'needs QH_MARIADB_URL' } : {}),
    ...common('mysql'),
    placeholder: () => '?',
    slowRead: (ms, mark) => `SELECT sleep(${ms / 1000}) /* ${mark} */`,
    running: mark =>
      `SELECT count(*) AS n FROM information_schema.processlist WHERE command = 'Query' AND id <> connection_id() AND info LIKE '%${mark}%'`,
    network: true,
    stoppable: () => startOwnServer('mysql'),
    deadlocks: true,
  },
  sqlite: {
    name: 'SQLite',
    ...common('sqlite'),
    placeholder: () => '?',
    slowRead: (ms, mark) =>
      `WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < ${ms * 500}) SELECT count(*) AS n FROM n /* ${mark} */`,
    running: { notSupported: 'it runs in this process; a statement that SQLite is busy with cannot be ended' },
    network: { notSupported: 'it has none' },
    stoppable: { notSupported: 'there is no server' },
    deadlocks: { notSupported: 'transactions that write wait for their turn from their beginning' },
  },
};

function common(kind: Kind): Pick<DatabaseContractSource, 'open' | 'create'> {
  return {
    open: ({ url, size, checkAfterMs, ...options }) =>
      openDatabase({
        name: 'contract',
        kind,
        url,
        ...options,
        pool: { ...(size === undefined ? {} : { size }), ...(checkAfterMs === undefined ? {} : { checkAfterMs }) },
      }),
    create: () => createDatabase(kind),
  };
}
