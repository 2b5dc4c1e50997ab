import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { openHub } from '../hub.ts';
import { newHubFolder } from '../testing/new-hub-folder.ts';
import { SampleWriter } from '../testing/sample-run.ts';
import { MIGRATIONS, SCHEMA_VERSION } from './migrations.ts';
import { moveDatabaseAside } from './rebuild.ts';
import { SqliteConnection } from './sqlite-connection.ts';

function thrown(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

test('a new database has the newest schema, in WAL mode', () => {
  const { database: path } = newHubFolder();
  const connection = SqliteConnection.open({ path });
  expect(connection.database.prepare('SELECT max(version) AS version FROM schema_version').get()).toEqual({
    version: SCHEMA_VERSION,
  });
  expect(connection.database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
  connection.close();
  connection.close();
  expect(MIGRATIONS).toHaveLength(SCHEMA_VERSION);
});

test('a database of the first version is brought up to date with all it holds', async () => {
  const folder = newHubFolder();
  const old = new DatabaseSync(folder.database);
  old.exec('CREATE TABLE schema_version (version INTEGER PRIMARY KEY, applied_at TEXT NOT NULL)');
  old.exec(MIGRATIONS[0] ?? '');
  old.exec(`INSERT INTO schema_version VALUES (1, '2026-11-21');
    INSERT INTO runs (id, run_id, started_at, state, changes, concluded) VALUES (7, 'old', '2026-11-21', 'finished', 1, 1);
    INSERT INTO identities VALUES ('aa', '{"project":"p","playwrightProject":"","file":"a.ts","titlePath":["a"],"repeatEachIndex":0}');
    INSERT INTO tests VALUES (7, 'aa', 'a.ts', 1, 1, '[]', '[]', 0, 30000, 'passed');
    INSERT INTO attempts (id, run, test, retry, started_at, shard, writer, seq, status, expected_status, errors)
      VALUES (3, 7, 'aa', 0, 't', 1, 'r-1', 2, 'failed', 'passed', '[{"message":"no"}]'),
             (4, 7, 'unplanned', 0, 't', 1, 'r-1', 3, 'passed', 'passed', NULL);
    INSERT INTO steps VALUES (7, 3, '[]');
    INSERT INTO evidence VALUES (1, 7, 'aa', 0, 1, NULL, '[]');
    INSERT INTO judgements VALUES (7, 'aa', 0, 't', 'product', 0.9, '[]', 'f', 'c')`);
  old.close();
  await using hub = openHub({ folder });
  const { counts, failures } = await hub.report('old');
  expect(counts).toMatchObject({ planned: 2, failed: 1, passed: 1 });
  expect(failures).toMatchObject([
    { identity: { key: 'aa', title: 'a.ts › a' }, verdict: 'product', message: 'no', location: { file: 'a.ts' } },
  ]);
  expect(await hub.history('unplanned')).toMatchObject([{ runId: 'old', status: 'passed' }]);
});

test('a database of a newer version is refused, and left as it is', () => {
  const { database: path } = newHubFolder();
  SqliteConnection.open({ path }).close();
  const newer = new DatabaseSync(path);
  newer.exec(`INSERT INTO schema_version VALUES (${SCHEMA_VERSION + 1}, '2030-01-01')`);
  newer.close();
  expect(thrown(() => SqliteConnection.open({ path }))).toMatchObject({
    code: 'QH_STORE_NEWER',
    message: `${path} has schema version ${SCHEMA_VERSION + 1}; this Quality Hub knows versions up to ${SCHEMA_VERSION}`,
    hint: expect.stringContaining('Update Quality Hub'),
  });
});

test.for([
  ['10064', SCHEMA_VERSION, 10064],
  ['0', SCHEMA_VERSION, SCHEMA_VERSION - 1],
] as const)('a version that its steps did not lead to is damage: %s', ([version, steps, told]) => {
  const { database: path } = newHubFolder();
  SqliteConnection.open({ path }).close();
  const damaged = new DatabaseSync(path);
  damaged.exec(`UPDATE schema_version SET version = ${version} WHERE version = ${SCHEMA_VERSION}`);
  damaged.close();
  expect(thrown(() => SqliteConnection.open({ path }))).toMatchObject({
    code: 'QH_STORE_CORRUPT',
    message: `${path} is damaged or no database (schema version ${told} after ${steps} steps)`,
  });
});

test('a file that is no database is refused with the remedy, and can be moved aside and rebuilt from the spools', async () => {
  const folder = newHubFolder();
  new SampleWriter(folder).begin(['one']).attempt('one', { status: 'passed' }).end();
  writeFileSync(folder.database, 'this is no database at all, but long enough to have a header'.repeat(20));
  expect(thrown(() => openHub({ folder }))).toMatchObject({
    code: 'QH_STORE_CORRUPT',
    hint: expect.stringContaining('quality-hub show'),
  });

  const aside = moveDatabaseAside(folder);
  expect(aside).toMatch(/hub\.db\.corrupt-20[\dT-]+Z$/);
  await using hub = openHub({ folder });
  await hub.catchUp();
  expect((await hub.report('latest')).counts.passed).toBe(1);
});

test('a damaged page is reported as damage', async () => {
  const folder = newHubFolder();
  new SampleWriter(folder).begin(['one']).attempt('one', { status: 'passed' }).end();
  const hub = openHub({ folder });
  await hub.catchUp();
  await hub.close();
  const bytes = readFileSync(folder.database);
  // Everything behind the first pages, which hold the schema, is overwritten.
  bytes.fill(0xff, 4096 * 6);
  writeFileSync(folder.database, bytes);
  expect(thrown(() => openHub({ folder }))).toMatchObject({ code: 'QH_STORE_CORRUPT' });
});

test('nothing is moved aside where there is no database', () => {
  expect(moveDatabaseAside(newHubFolder())).toBeUndefined();
});

test('a folder in place of the database is refused', () => {
  const { database: path } = newHubFolder();
  mkdirSync(path);
  expect(thrown(() => SqliteConnection.open({ path }))).toMatchObject({
    code: 'QH_STORE_OPEN',
    hint: expect.stringContaining('QUALITY_HUB_DIR'),
  });
});

test('a folder that cannot be made is refused', () => {
  const { path } = newHubFolder();
  writeFileSync(join(path, 'file'), '');
  expect(thrown(() => SqliteConnection.open({ path: join(path, 'file', 'hub.db') }))).toMatchObject({
    code: 'QH_STORE_OPEN',
  });
});

test('a database that cannot be written says so', async () => {
  const folder = newHubFolder();
  SqliteConnection.open({ path: folder.database }).close();
  const connection = SqliteConnection.open({ path: folder.database });
  connection.database.exec('PRAGMA query_only = ON');
  expect(
    thrown(() =>
      connection.write(() => connection.database.exec(`INSERT INTO runs (run_id, started_at) VALUES ('r', 'x')`)),
    ),
  ).toMatchObject({
    code: 'QH_STORE_OPEN',
    hint: expect.stringContaining('write access'),
  });
  connection.close();
});

/** Another process that holds the write lock until it is killed. */
async function lockedBy(path: string) {
  const script = `
    const { DatabaseSync } = require('node:sqlite');
    const database = new DatabaseSync(${JSON.stringify(path)});
    database.exec('BEGIN IMMEDIATE');
    process.stdout.write('locked');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

test('a database that another program holds is given up, the spool stays, and later everything is stored', async () => {
  const folder = newHubFolder();
  SqliteConnection.open({ path: folder.database }).close();
  new SampleWriter(folder).begin(['one']).attempt('one', { status: 'passed' }).end();
  const child = await lockedBy(folder.database);
  await using hub = openHub({ folder, enterMs: 100 });
  await expect(hub.catchUp()).rejects.toMatchObject({
    code: 'QH_STORE_BUSY',
    message: `Another program holds ${folder.database}: no access within 0.1 s`,
    hint: expect.stringContaining('the spool keeps every event'),
  });
  expect(readdirSync(folder.spools)).toEqual(['run-1']);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await hub.catchUp();
  expect((await hub.report('latest')).counts.passed).toBe(1);
});

test('a database that is locked while it is made is given up, too', async () => {
  const { database: path } = newHubFolder();
  const child = await lockedBy(path);
  expect(thrown(() => SqliteConnection.open({ path, enterMs: 100 }))).toMatchObject({ code: 'QH_STORE_BUSY' });
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(existsSync(path)).toBe(true);
});

test('Node without node:sqlite is told in one sentence', () => {
  const real = process.getBuiltinModule;
  process.getBuiltinModule = (() => undefined) as never;
  try {
    expect(thrown(() => SqliteConnection.open({ path: '/nowhere/hub.db' }))).toMatchObject({
      code: 'QH_STORE_UNSUPPORTED',
      hint: expect.stringContaining('Node 22.19'),
    });
  } finally {
    process.getBuiltinModule = real;
  }
});
