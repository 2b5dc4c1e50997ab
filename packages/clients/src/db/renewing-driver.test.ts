import { describe, expect, onTestFinished, test } from 'vitest';
import { createDatabase, mariadbUrl, postgresUrl } from '../testing/database-servers.ts';
import { openDatabase } from './open-database.ts';

const SERVERS = [
  { kind: 'postgres', url: postgresUrl, create: (user: string) => `CREATE ROLE ${user} LOGIN PASSWORD 'first-word'` },
  { kind: 'mysql', url: mariadbUrl, create: (user: string) => `CREATE USER ${user} IDENTIFIED BY 'first-word'` },
] as const;

describe.each(SERVERS)('$kind', ({ kind, url, create }) => {
  async function rotatable() {
    const database = await createDatabase(kind);
    const user = `qh_${Math.random().toString(36).slice(2, 10)}`;
    const admin = openDatabase({ name: 'admin', kind, url: database.url });
    await admin.query(create(user));
    if (kind === 'mysql') await admin.query(`GRANT ALL ON *.* TO ${user}`);
    onTestFinished(async () => {
      await admin.query(`DROP ${kind === 'postgres' ? 'ROLE' : 'USER'} ${user}`);
      await admin.close();
      await database.drop();
    });
    // A server that trusts its own machine knows users, and asks for no password.
    const addressOf = (name: string): string => {
      const address = new URL(database.url);
      address.username = name;
      address.password = 'first-word';
      return address.href;
    };
    return { old: addressOf(`${user}_old`), fresh: addressOf(user) };
  }

  test.skipIf(url === undefined)(
    'an address whose user was rotated meanwhile is asked for again, and nobody notices',
    async () => {
      const { old, fresh } = await rotatable();
      let current = old;
      const asked: string[] = [];
      await using database = openDatabase({
        name: 'shop',
        kind,
        url: () => current,
        renewAddress: async (refused, reason) => {
          asked.push(reason);
          expect(refused).toEqual([old]);
          current = fresh;
          return true;
        },
      });
      const { rows } = await database.query<{ one: number }>('select 1 as one');
      expect(rows).toEqual([{ one: 1 }]);
      expect(asked).toEqual([expect.stringMatching(kind === 'postgres' ? /^postgres said 28/ : /^mysql said /)]);
    },
  );

  test.skipIf(url === undefined)('where there is no other one, the refusal is told as it is', async () => {
    const { old } = await rotatable();
    const refusals: number[] = [];
    await using database = openDatabase({
      name: 'shop',
      kind,
      url: () => old,
      renewAddress: async refused => {
        refusals.push(refused.length);
        return refused.length < 10;
      },
    });
    await expect(database.query('select 1')).rejects.toMatchObject({ code: 'QH_DB_CREDENTIALS' });
    expect(refusals).toEqual([1, 2, 3]);
  });
});
