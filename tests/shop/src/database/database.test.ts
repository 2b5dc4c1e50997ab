import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { databases } from '../testing/databases.ts';
import { migrate, schemaVersion } from './migrations.ts';
import { openDatabase } from './open.ts';
import { type TroubledDatabase, troubleOf } from './port.ts';

const addUser = 'INSERT INTO users (id, email, name, password, role, created_at) VALUES (?, ?, ?, ?, ?, ?)';
const ada = ['u1', 'ada@shop.example', 'Ada', 'x', 'buyer', '2026-01-01'];
const countUsers = 'SELECT CAST(count(*) AS INTEGER) AS count FROM users';

for (const { name, database: server, skip } of databases) {
  describe.skipIf(skip)(`the database on ${name}`, () => {
    let database: TroubledDatabase;
    let where: string;
    let drop: () => Promise<void>;

    beforeEach(async () => {
      ({ where, drop } = await server.create());
      database = await openDatabase(where);
    });
    afterEach(async () => {
      await database.close();
      await drop();
    });

    test('each migration runs once', async () => {
      await migrate(database);
      const rows = await database.all<{ version: number }>('SELECT version FROM schema_version ORDER BY version');
      expect(rows.map(row => row.version)).toEqual(Array.from({ length: schemaVersion }, (_, index) => index + 1));
    });

    test('a schema from the future is refused', async () => {
      await database.run('INSERT INTO schema_version (version, applied_at) VALUES (99, ?)', ['2099-01-01']);
      await expect(openDatabase(where)).rejects.toThrow('The database has schema 99');
    });

    test('a transaction that fails leaves nothing behind', async () => {
      const work = database.transaction(async tx => {
        await tx.run(addUser, ada);
        throw new Error('no');
      });
      await expect(work).rejects.toThrow('no');
      expect(await database.get(countUsers)).toEqual({ count: 0 });
    });

    test('two transactions at once do not see each other half done', async () => {
      const rename = (to: string) =>
        database.transaction(async tx => {
          await tx.run('UPDATE users SET name = ? WHERE id = ?', [to, 'u1']);
          const row = await tx.get<{ name: string }>('SELECT name FROM users WHERE id = ?', ['u1']);
          expect(row?.name).toBe(to);
        });
      await database.run(addUser, ada);
      await Promise.all([rename('B'), rename('C')]);
    });

    test('the same key twice is a unique violation', async () => {
      await database.run(addUser, ada);
      const error = await database.run(addUser, ada).catch((reason: unknown) => reason);
      expect(troubleOf(error)).toBe('unique_violation');
    });

    test('a lock stops readers and writers until it is released', async () => {
      const release = await database.lock();
      const write = await database.run(addUser, ada).catch((reason: unknown) => reason);
      expect(troubleOf(write)).toBe('locked');
      const read = await database.get(countUsers).catch((reason: unknown) => reason);
      expect(troubleOf(read)).toBe('locked');
      await release();
      expect(await database.run(addUser, ada)).toBe(1);
    });

    test('a slow query takes the time asked for', async () => {
      const start = performance.now();
      await database.slowQuery(120);
      expect(performance.now() - start).toBeGreaterThanOrEqual(115);
    });

    test('a snapshot does not follow the database', async () => {
      const snapshot = await database.snapshot();
      await database.run(addUser, ada);
      expect(await snapshot.get(countUsers)).toEqual({ count: 0 });
      expect(await snapshot.all('SELECT id FROM users')).toEqual([]);
      expect(await database.get(countUsers)).toEqual({ count: 1 });
      await snapshot.close();
    });
  });
}

test('an error of something else is no trouble of the database', () => {
  expect(troubleOf(new Error('no'))).toBe('other');
  expect(troubleOf('no')).toBe('other');
});
