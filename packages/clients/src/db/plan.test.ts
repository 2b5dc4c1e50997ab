import { expect, onTestFinished, test } from 'vitest';
import { createDatabase, mariadbUrl, postgresUrl } from '../testing/database-servers.ts';
import { openDatabase } from './open-database.ts';
import type { QueryRecord } from './record.ts';
import type { SqlDatabase } from './sql-database.ts';

async function openUsers(kind: 'postgres' | 'mysql' | 'sqlite'): Promise<{ db: SqlDatabase; told: QueryRecord[] }> {
  const place = await createDatabase(kind);
  const told: QueryRecord[] = [];
  const db = openDatabase({ name: 'shop', kind, url: place.url, observe: query => void told.push(query) });
  onTestFinished(async () => {
    await db.close();
    await place.drop();
  });
  await db.query('create table users (id integer primary key, password varchar(40), pin integer)');
  await db.query("insert into users values (1, 'correct horse', 246813)");
  told.length = 0;
  return { db, told };
}

const servers = [
  { kind: 'postgres' as const, skip: postgresUrl === undefined, scan: 'Seq Scan on users' },
  { kind: 'mysql' as const, skip: mariadbUrl === undefined, scan: 'users' },
  { kind: 'sqlite' as const, skip: false, scan: 'SCAN users' },
];

for (const { kind, skip, scan } of servers) {
  test.skipIf(skip)(`a plan on ${kind} is a text without secrets, and does nothing`, async () => {
    const { db, told } = await openUsers(kind);
    await db.sql`select * from users where password = ${'correct horse'} and pin = ${246813}`;
    await db.sql`update users set pin = ${1} where password = ${'correct horse'}`;
    await db.query('select 1; update users set pin = 2').catch(() => undefined);
    await db.sql`update users set pin = ${5}`;
    const [read, write, several] = told;
    const plan = (await read?.plan?.()) ?? '';
    expect(plan).toContain(scan);
    expect(plan).not.toMatch(/correct horse|246813/);
    expect(await write?.plan?.()).toContain('users');
    // The server would plan the first and run the others.
    expect(several?.plan).toBeUndefined();
    expect(await db.sql`select pin from users`).toEqual([{ pin: 5 }]);
    expect(told.map(({ operation }) => operation)).not.toContain('explain users');
  });
}

test('a plan that is long is cut', async () => {
  const { db, told } = await openUsers('sqlite');
  await db.query(Array.from({ length: 400 }, () => 'select id from users').join(' union all '));
  const plan = (await told[0]?.plan?.()) ?? '';
  expect(plan.length).toBeLessThan(8_100);
  expect(plan).toMatch(/… \(\d+ characters\)$/);
});
