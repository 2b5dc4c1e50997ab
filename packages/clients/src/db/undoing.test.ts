/** Undoing when the time is over, and what it undoes besides. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { createDatabase, postgresUrl } from '../testing/database-servers.ts';
import { openDatabase } from './open-database.ts';
import type { SqlDatabase } from './sql-database.ts';

async function openShop(remainingMs: () => number | undefined = () => undefined): Promise<SqlDatabase> {
  const place = await createDatabase('postgres');
  const db = openDatabase({ name: 'shop', kind: 'postgres', url: place.url, pool: { size: 1 }, remainingMs });
  onTestFinished(async () => {
    await db.close();
    await place.drop();
  });
  return db;
}

describe.skipIf(postgresUrl === undefined)('undoing on postgres (needs QH_POSTGRES_URL)', () => {
  test('a statement that used up the time of the test is what fails, not the savepoint around it', async () => {
    let endMs = Number.POSITIVE_INFINITY;
    const db = await openShop(() => (Number.isFinite(endMs) ? Math.max(1, endMs - performance.now()) : undefined));
    const held = await db.hold();
    endMs = performance.now() + 300;
    await expect(held.transaction(inner => inner.query('select pg_sleep(20)'))).rejects.toMatchObject({
      code: 'QH_DB_TIMEOUT',
      operation: 'select',
    });
    await held.rollback();
    endMs = Number.POSITIVE_INFINITY;
    await db.query('select 1');
    // No connection was dropped for it.
    expect(db.statistics()).toMatchObject({ opened: 1, broken: 0 });
  });

  test('a rollback takes back limits that were set inside, and the next statement has its own', async () => {
    const db = await openShop();
    const failing = db.transaction(
      async tx => {
        await tx.query('select 1', [], { timeoutMs: 5_000 });
        throw new Error('enough');
      },
      { timeoutMs: 100 },
    );
    await expect(failing).rejects.toThrow('enough');
    await db.query('select pg_sleep(0.3)', [], { timeoutMs: 5_000 });
    await db.transaction(
      async tx => {
        const inner = tx.transaction(async savepoint => {
          await savepoint.query('select 1', [], { timeoutMs: 5_000 });
          throw new Error('enough');
        });
        await inner.catch(() => undefined);
        await tx.query('select pg_sleep(0.3)', [], { timeoutMs: 5_000 });
      },
      { timeoutMs: 100 },
    );
  });
});
