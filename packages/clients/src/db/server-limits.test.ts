/** How long the server lets a statement run, and which of two limits speaks. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { postgresUrl } from '../testing/database-servers.ts';
import { openDatabase } from './open-database.ts';
import type { DatabaseOptions } from './options.ts';
import type { SqlDatabase } from './sql-database.ts';

function pg(options: Partial<DatabaseOptions> = {}): SqlDatabase {
  const db = openDatabase({ name: 'shop', kind: 'postgres', url: postgresUrl ?? '', ...options });
  onTestFinished(() => db.close());
  return db;
}

describe.skipIf(postgresUrl === undefined)('limits on PostgreSQL (needs QH_POSTGRES_URL)', () => {
  test('limits follow what the test has left, and the server keeps to them', async () => {
    let leftMs = 60_000;
    const db = pg({ pool: { size: 1 }, remainingMs: () => leftMs, lockTimeoutMs: 3_000 });
    const limits = async (): Promise<unknown> =>
      (
        await db.query(
          "SELECT current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock",
        )
      ).rows[0];
    expect(await limits()).toEqual({ statement: '31s', lock: '3s' });
    leftMs = 1_900;
    expect(await limits()).toEqual({ statement: '3s', lock: '800ms' });
    leftMs = 60_000;
    expect(await limits()).toEqual({ statement: '31s', lock: '3s' });
  });

  test('a limit of the server that is shorter than ours is told like ours', async () => {
    const lease = await pg().lease();
    await lease.query('SET statement_timeout = 50');
    await expect(lease.query('SELECT pg_sleep(20)')).rejects.toMatchObject({
      code: 'QH_DB_TIMEOUT',
      message: expect.stringMatching(
        /did not answer to select within \d+ ms; the server ended it: canceling statement/,
      ),
    });
    await lease.release();
  });
});
