import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { openDatabase, openTemplates, readFilling } from '@quality-hub/clients/db';
import { expect, onTestFinished, test } from 'vitest';
import type { DatabaseSection, QualityHubConfig } from './index.ts';
import { openWorker, scratchFolder } from './testing/open-workers.ts';

// Passed through by turbo as `QH_*_URL`, which the linter does not read.
const { env } = process;
const servers = [
  { kind: 'postgres' as const, url: env['QH_POSTGRES_URL'] },
  { kind: 'mysql' as const, url: env['QH_MARIADB_URL'] },
  { kind: 'sqlite' as const, url: '' },
];

const SCHEMA = `create table stock (sku varchar(20)); insert into stock values ('TEA');`;

/** A folder with the files of a configuration, and an empty database. */
async function place(kind: DatabaseSection['kind'], server: string) {
  const folder = scratchFolder();
  writeFileSync(join(folder, 'schema.sql'), `${SCHEMA} -- ${randomBytes(4).toString('hex')}`);
  writeFileSync(join(folder, 'seed.sql'), "insert into stock values ('SEED')");
  const common = { configPath: join(folder, 'quality-hub.config.ts'), stateFile: join(folder, 'state.db') };
  if (kind === 'sqlite') return { ...common, url: join(folder, 'shop.db') };
  const name = `qh_test_${randomBytes(6).toString('hex')}`;
  await using admin = openDatabase({ name: 'admin', kind, url: server });
  await admin.query(`CREATE DATABASE ${name}`);
  onTestFinished(async () => {
    await using again = openDatabase({ name: 'admin', kind, url: server });
    await again.query(`DROP DATABASE ${name}${kind === 'postgres' ? ' WITH (FORCE)' : ''}`);
  });
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { ...common, url: url.href };
}

const skus = async (database: { query(sql: string): Promise<{ rows: readonly unknown[] }> }): Promise<unknown[]> =>
  (await database.query('select sku from stock order by sku')).rows.map(row => (row as { sku: unknown }).sku);

for (const { kind, url: server = '' } of servers) {
  const skip = kind !== 'sqlite' && server === '';

  test.skipIf(skip)(`${kind}: what a test wrote is undone as the configuration says, or the test itself`, async () => {
    const { url, ...where } = await place(kind, server);
    const shop: DatabaseSection = { kind, url, isolation: 'transaction', truncate: { seed: 'seed.sql' } };
    const { runtime, seen } = await openWorker({ config: { databases: { shop } }, ...where });
    await runtime.database('shop').query('create table stock (sku varchar(20))');
    await runtime.database('shop').query("insert into stock values ('TEA')");
    const left: unknown[] = [];
    for (const strategy of ['transaction', 'none', 'truncate', 'none', 'truncate'] as const) {
      const chosen = strategy === 'transaction' ? {} : { shop: strategy };
      const databases = runtime.databasesOfTest(chosen);
      await databases.ready();
      const db = databases.database('shop');
      expect(databases.database('shop')).toBe(db);
      await db.query("insert into stock values ('MUG')");
      const before = left.length < 2 ? ['TEA'] : ['SEED'];
      expect(await skus(db)).toEqual(['MUG', ...before].sort());
      expect(await databases.end()).toEqual([]);
      left.push(await skus(runtime.database('shop')));
    }
    expect(left).toEqual([['TEA'], ['MUG', 'TEA'], ['SEED'], ['MUG', 'SEED'], ['SEED']]);
    expect(seen).toEqual([]);
  });

  test.skipIf(skip)(
    `${kind}: each worker has a copy of the template, found by its address, and dropped with it`,
    async () => {
      const { url, ...where } = await place(kind, server);
      if (kind !== 'sqlite') onTestFinished(() => dropTemplate(kind, server, where.configPath));
      const shop: DatabaseSection = { kind, url, isolation: 'template', template: { prepare: 'schema.sql' } };
      const config: QualityHubConfig = { databases: { shop } };
      const [one, two] = [await openWorker({ config, ...where }), await openWorker({ config, ...where })];
      const tests = [one, two].map(({ runtime }) => runtime.databasesOfTest());
      await Promise.all(tests.map(each => each.ready()));
      await tests[0]?.database('shop').query("insert into stock values ('MUG')");
      expect(await skus(tests[1]?.database('shop') as never)).toEqual(['TEA']);
      const address = await one.runtime.addressOf('shop');
      expect(address).not.toBe(await two.runtime.addressOf('shop'));
      const app = openDatabase({ name: 'app', kind, url: address });
      expect(await skus(app)).toEqual(['MUG', 'TEA']);
      await app.close();
      await Promise.all(tests.map(each => each.end()));
      const next = one.runtime.databasesOfTest();
      await next.ready();
      expect(await skus(next.database('shop'))).toEqual(['TEA']);
      // One connection of its own for each of the two tests; none to the database itself.
      expect(one.runtime.database('shop').statistics()).toMatchObject({ opened: 0 });
      expect(one.runtime.statistics('shop')).toMatchObject({ opened: 2, size: 1, idle: 1 });
      await next.end();
      await Promise.all([one.runtime.close(), two.runtime.close()]);
      await expect(copyIsThere(kind, address)).resolves.toBe(false);
      // What others have left on the server may be swept meanwhile.
      expect([...one.seen, ...two.seen].filter(({ kind: seen }) => seen !== 'note')).toEqual([]);
    },
  );
}

/** What a run leaves on purpose, for the next one. */
async function dropTemplate(kind: DatabaseSection['kind'], url: string, configPath: string): Promise<void> {
  const { key = '', fill } = await readFilling('schema.sql', dirname(configPath));
  await using templates = openTemplates({ kind, url, key, runId: 'run 1', prepare: fill });
  await templates.dropTemplate();
}

/** SQLite makes the file that it is asked for; its table is not in it. */
async function copyIsThere(kind: DatabaseSection['kind'], url: string): Promise<boolean> {
  await using database = openDatabase({ name: 'gone', kind, url });
  return database.query('select 1 from stock').then(
    () => true,
    () => false,
  );
}

test('a database that cannot be made ready fails who touches it, and no others', async () => {
  const { url, ...where } = await place('sqlite', '');
  const databases: QualityHubConfig['databases'] = {
    shop: { kind: 'sqlite', url, isolation: 'template', template: { prepare: 'missing.sql' } },
    crm: { kind: 'sqlite', url: ':memory:' },
  };
  const { runtime, seen } = await openWorker({ config: { databases }, ...where });
  const test = runtime.databasesOfTest();
  await test.ready();
  expect((await test.database('crm').query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  expect(() => test.database('shop')).toThrow(
    expect.objectContaining({
      code: 'QH_DATABASE_NOT_READY',
      message: expect.stringMatching(/^The database "shop" is not ready for a test: .*missing\.sql cannot be read/),
    }),
  );
  expect(seen).toMatchObject([
    { kind: 'database', database: 'shop', operation: 'isolation template', errorCode: 'QH_DB_ISOLATION' },
  ]);
  const untemplated = runtime.databasesOfTest({ crm: 'template' });
  await untemplated.ready();
  expect(() => untemplated.database('crm')).toThrow(/databases\.crm: there is no section "template"/);
  await test.end();
});

test('a choice for a database that there is none of is told', async () => {
  const { runtime } = await openWorker({ config: { databases: { shop: { kind: 'sqlite', url: ':memory:' } } } });
  expect(() => runtime.databasesOfTest({ shopp: 'none' })).toThrow(
    expect.objectContaining({ code: 'QH_RUNTIME_NAME', message: 'There is no database "shopp"; did you mean shop?' }),
  );
  await expect(runtime.addressOf('shopp')).rejects.toMatchObject({ code: 'QH_RUNTIME_NAME' });
  expect(await runtime.addressOf('shop')).toBe(':memory:');
});

test('everything that is wrong with isolation is told with the rest of the configuration', async () => {
  const shop = { kind: 'sqlite', url: ':memory:', isolation: 'templat', plans: 'yes', truncate: { keeps: [] } };
  const error = await openWorker({ config: { databases: { shop } } as never }).catch(thrown => thrown);
  expect(error.problems).toEqual([
    'databases.shop: "isolation" is "templat": did you mean "template"?',
    'databases.shop: "truncate.keeps" is no option: did you mean "truncate.keep"?',
    'databases.shop: "plans" is "yes": expected true or false',
  ]);
});

test('the time of a test limits its statements, and not what is undone after it', async () => {
  const { url, ...where } = await place('sqlite', '');
  let leftMs: number | undefined = 10_000;
  const shop: DatabaseSection = { kind: 'sqlite', url, isolation: 'truncate' };
  const { runtime } = await openWorker({ config: { databases: { shop } }, ...where, remainingMs: () => leftMs });
  await runtime.database('shop').query(SCHEMA);
  const test = runtime.databasesOfTest();
  await test.ready();
  await test.database('shop').query("insert into stock values ('MUG')");
  leftMs = 0;
  await expect(test.database('shop').query('select 1')).rejects.toMatchObject({ code: 'QH_DEADLINE' });
  expect(await test.end()).toEqual([]);
  leftMs = undefined;
  expect(await skus(runtime.database('shop'))).toEqual([]);
});

test('what could not be undone is told, and undone before the next test', async () => {
  const { url, ...where } = await place('sqlite', '');
  const shop: DatabaseSection = { kind: 'sqlite', url, isolation: 'truncate', lockTimeoutMs: 50 };
  const { runtime, seen } = await openWorker({ config: { databases: { shop } }, ...where });
  await runtime.database('shop').query(SCHEMA);
  const test = runtime.databasesOfTest();
  await test.ready();
  await test.database('shop').query("insert into stock values ('MUG')");
  await using other = openDatabase({ name: 'other', kind: 'sqlite', url });
  const held = await other.hold();
  expect(await test.end()).toEqual([expect.stringMatching(/^What the test wrote to "shop" could not be undone: /)]);
  expect(seen.at(-1)).toMatchObject({ kind: 'cleanup', record: 'database shop', outcome: 'failed' });
  await held.rollback();
  const next = runtime.databasesOfTest();
  await next.ready();
  expect(await skus(next.database('shop'))).toEqual([]);
  await next.end();
});

test('plans of slow statements are asked for where the section wants them', async () => {
  const section = { kind: 'sqlite', url: ':memory:', slowMs: 0 } as const;
  const databases: QualityHubConfig['databases'] = { shop: { ...section, plans: true }, crm: section };
  const { runtime } = await openWorker({ config: { databases } });
  const test = runtime.databasesOfTest();
  await test.ready();
  expect(await test.plans()).toBeUndefined();
  for (const name of ['shop', 'crm']) {
    await test.database(name).query('create table users (name text, password text)');
    await test.database(name).query('select * from users where password = ?', ['correct horse']);
  }
  const told = await test.plans();
  expect(told).toMatch(/^shop: select users, \d+ ms, ok\nselect \* from users where password = \?\nwith \[masked\]\n/);
  expect(told).toContain('SCAN users');
  expect(told).not.toMatch(/crm|correct horse/);
  expect(await runtime.databasesOfTest().plans()).toBeUndefined();
});

test('connections are made before they are needed where the section says so', async () => {
  let connections = 0;
  const server = createServer(socket => {
    connections++;
    socket.destroy();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  const shop: DatabaseSection = { kind: 'postgres', url: `postgres://nobody@127.0.0.1:${port}/shop` };
  await openWorker({ config: { databases: { shop } } });
  await openWorker({ config: { databases: { shop: { ...shop, warmUp: true, pool: { min: 1 } } } } });
  await expect.poll(() => connections).toBeGreaterThan(0);
});
