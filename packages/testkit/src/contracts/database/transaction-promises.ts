/** All or nothing, also under competition. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { countOf, failureOf, makeThings, rejectsWith, until, within } from './judge.ts';
import type { ContractTest, DatabaseContractSource } from './source.ts';

export function transactionPromises(
  source: DatabaseContractSource,
  test: ContractTest,
  absent: (name: string, reason: string) => void,
): void {
  test('a transaction commits when its work ends, and rolls back when it throws, with the error as it was', async ({
    open,
  }) => {
    const database = open();
    await makeThings(database);
    const value = await database.transaction(async tx => {
      await tx.query("INSERT INTO things VALUES (1, 'kept', 0)");
      return 'done';
    });
    const mistake = new TypeError('a mistake in the work');
    const failed = database.transaction(async tx => {
      await tx.query("INSERT INTO things VALUES (2, 'undone', 0)");
      throw mistake;
    });
    strictEqual(await failureOf(failed), mistake);
    deepStrictEqual([value, await countOf(database)], ['done', 1]);
  });

  test('nobody sees what is not committed', async ({ open }) => {
    const database = open();
    await makeThings(database);
    await database.transaction(async tx => {
      await tx.query("INSERT INTO things VALUES (1, 'a', 0)");
      strictEqual(await countOf(database), 0);
      strictEqual(await countOf(tx), 1);
    });
    strictEqual(await countOf(database), 1);
  });

  test('a transaction inside is a savepoint, however deep', async ({ open }) => {
    const database = open();
    await makeThings(database);
    await database.transaction(async outer => {
      await outer.query("INSERT INTO things VALUES (1, 'outer', 0)");
      await outer.transaction(async inner => {
        await inner.query("INSERT INTO things VALUES (2, 'inner', 0)");
        await failureOf(
          inner.transaction(async innermost => {
            await innermost.query("INSERT INTO things VALUES (3, 'innermost', 0)");
            // The error is of the server: PostgreSQL would refuse everything after it, were it not for the savepoint.
            await innermost.query("INSERT INTO things VALUES (1, 'twice', 0)");
          }),
        );
        await inner.query("INSERT INTO things VALUES (4, 'after', 0)");
      });
    });
    const { rows } = await database.query<{ id: number }>('SELECT id FROM things ORDER BY id');
    deepStrictEqual(
      rows.map(({ id }) => id),
      [1, 2, 4],
    );
  });

  test('two statements at once in one transaction wait for each other', async ({ open }) => {
    const database = open();
    await makeThings(database);
    await database.transaction(async tx => {
      await Promise.all([1, 2, 3].map(id => tx.query(`INSERT INTO things VALUES (${id}, 'x', 0)`)));
    });
    strictEqual(await countOf(database), 3);
  });

  test('a transaction takes nothing after its end', async ({ open }) => {
    const database = open();
    await makeThings(database);
    const late = await database.transaction(async tx => tx);
    await rejectsWith(late.query("INSERT INTO things VALUES (1, 'late', 0)"), 'QH_DB_TRANSACTION_OVER');
    strictEqual(await countOf(database), 0);
  });

  test('an abort rolls back, with the reason', async ({ open }) => {
    const database = open();
    await makeThings(database);
    const stop = new AbortController();
    const reason = new Error('the test is over');
    const failed = database.transaction(
      async tx => {
        await tx.query("INSERT INTO things VALUES (1, 'a', 0)");
        stop.abort(reason);
      },
      { signal: stop.signal },
    );
    strictEqual(await failureOf(failed), reason);
    strictEqual(await countOf(database), 0);
  });

  test('competing transactions end as if they came one after the other', async ({ open }) => {
    const database = open({ transactionRuns: 20 });
    await makeThings(database, 1);
    await Promise.all(
      Array.from({ length: 8 }, () =>
        database.transaction(
          async tx => {
            const { rows } = await tx.query<{ amount: number }>('SELECT amount FROM things WHERE id = 1');
            await tx.query(`UPDATE things SET amount = ${Number(rows[0]?.amount) + 1} WHERE id = 1`);
          },
          { isolation: 'serializable' },
        ),
      ),
    );
    const { rows } = await database.query<{ amount: number }>('SELECT amount FROM things');
    strictEqual(rows[0]?.amount, 8);
  });

  test('who waits too long for a lock is told so', async ({ open }) => {
    const database = open({ lockTimeoutMs: 1_000 });
    await makeThings(database, 1);
    await database.transaction(async tx => {
      await tx.query('UPDATE things SET amount = 1 WHERE id = 1');
      const second = database.query('UPDATE things SET amount = 2 WHERE id = 1');
      await within(3_000, 'the wait for the lock', rejectsWith(second, 'QH_DB_LOCKED'));
    });
    const { rows } = await database.query<{ amount: number }>('SELECT amount FROM things');
    strictEqual(rows[0]?.amount, 1);
  });

  if (source.deadlocks !== true) {
    absent('a deadlock runs all of the work again', source.deadlocks.notSupported);
    return;
  }

  test('a deadlock runs all of the work again, and both are done', async ({ open }) => {
    const database = open();
    await makeThings(database, 2);
    let runs = 0;
    const cross = crossing(2);
    const add = (first: number, second: number): Promise<void> =>
      database.transaction(async tx => {
        runs++;
        await tx.query(`UPDATE things SET amount = amount + 1 WHERE id = ${first}`);
        await cross();
        await tx.query(`UPDATE things SET amount = amount + 1 WHERE id = ${second}`);
      });
    await within(20_000, 'the deadlock', Promise.all([add(1, 2), add(2, 1)]));
    ok(runs >= 3, `the work ran ${runs} times: there was no deadlock`);
    const { rows } = await database.query<{ amount: number }>('SELECT amount FROM things ORDER BY id');
    deepStrictEqual(
      rows.map(({ amount }) => amount),
      [2, 2],
    );
  });

  test('a work that swallows a deadlock is not committed by halves', async ({ open }) => {
    const database = open();
    await makeThings(database, 2);
    const cross = crossing(2);
    const add = (first: number, second: number): Promise<void> =>
      database.transaction(async tx => {
        await tx.query(`UPDATE things SET amount = amount + 1 WHERE id = ${first}`);
        await cross();
        await tx.query(`UPDATE things SET amount = amount + 1 WHERE id = ${second}`).catch(() => undefined);
        // MariaDB would take this, alone and for good, after it has undone all before.
        await tx.query(`UPDATE things SET name = 'touched ${first}' WHERE id = ${first}`).catch(() => undefined);
      });
    await within(20_000, 'the deadlock', Promise.all([add(1, 2), add(2, 1)]));
    const { rows } = await database.query<{ amount: number }>('SELECT amount FROM things ORDER BY id');
    deepStrictEqual(
      rows.map(({ amount }) => amount),
      [2, 2],
    );
  });

  test('a statement failed and the work went on: nothing is reported as done that is not', async ({ open }) => {
    const database = open();
    await makeThings(database, 1);
    const went = await database
      .transaction(async tx => {
        await tx.query("INSERT INTO things VALUES (2, 'b', 0)");
        await tx.query("INSERT INTO things VALUES (1, 'twice', 0)").catch(() => undefined);
      })
      .then(
        () => true,
        () => false,
      );
    strictEqual(await countOf(database), went ? 2 : 1);
  });

  test('an open transaction keeps a place in the pool, and gives it back', async ({ open }) => {
    const database = open({ size: 1 });
    await makeThings(database);
    for (let n = 0; n < 5; n++) await database.transaction(tx => tx.query('SELECT 1'));
    await until('all are back', () => database.statistics().idle === 1);
    strictEqual(database.statistics().opened, 1);
  });
}

/** Lets the first `count` through together; whoever comes later goes on at once. */
function crossing(count: number): () => Promise<void> {
  let arrived = 0;
  let open = (): void => undefined;
  const all = new Promise<void>(resolve => {
    open = resolve;
  });
  return () => {
    arrived++;
    if (arrived >= count) open();
    return all;
  };
}
