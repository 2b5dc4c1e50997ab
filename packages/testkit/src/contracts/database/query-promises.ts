/** Statements, the pool, and their ends. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { countOf, failureOf, makeThings, rejectsWith, until, within } from './judge.ts';
import type { ContractTest, DatabaseContractSource } from './source.ts';

const MARK = 'qh_contract_mark';

export function queryPromises(
  source: DatabaseContractSource,
  test: ContractTest,
  absent: (name: string, reason: string) => void,
): void {
  test('a query gives rows, and the number of rows it changed', async ({ open, p }) => {
    const database = open();
    await makeThings(database, 3);
    const found = await database.query('SELECT id, name FROM things WHERE id > 1 ORDER BY id');
    deepStrictEqual(
      found.rows.map(row => ({ ...row })),
      [
        { id: 2, name: 'thing 2' },
        { id: 3, name: 'thing 3' },
      ],
    );
    strictEqual(found.rowCount, 2);
    const changed = await database.query(`UPDATE things SET amount = ${p(1)} WHERE id < ${p(2)}`, [5, 3]);
    deepStrictEqual([changed.rowCount, changed.rows.length], [2, 0]);
  });

  test('parameters are values and never text', async ({ open, p }) => {
    const database = open();
    await makeThings(database);
    const names = ["'; DROP TABLE things; --", '\\', 'ünïcode ☕', '', `${p(1)} and ?`];
    for (const [id, name] of names.entries())
      await database.query(`INSERT INTO things (id, name, amount) VALUES (${p(1)}, ${p(2)}, ${p(3)})`, [
        id,
        name,
        null,
      ]);
    const { rows } = await database.query<{ name: string; amount: null }>(
      'SELECT name, amount FROM things ORDER BY id',
    );
    deepStrictEqual(
      rows.map(({ name }) => name),
      names,
    );
    ok(rows.every(({ amount }) => amount === null));
  });

  test('an undefined parameter is refused by its place', async ({ open, p }) => {
    const error = await failureOf(open().query(`SELECT ${p(1)} AS a, ${p(2)} AS b`, [1, undefined]));
    strictEqual(error.code, 'QH_OPTION');
    ok(error.message.includes('parameter 2'), error.message);
  });

  test('a count is a number, and a number too large for that is its digits', async ({ open }) => {
    const database = open();
    const { rows } = await database.query('SELECT 9007199254740991 AS exact, 9007199254740993 AS large');
    deepStrictEqual({ ...rows[0] }, { exact: 9007199254740991, large: '9007199254740993' });
  });

  test('errors have a code that is the same for every server', async ({ open }) => {
    const database = open();
    await makeThings(database, 1);
    await database.query('CREATE TABLE parts (id INTEGER PRIMARY KEY, thing INTEGER NOT NULL REFERENCES things(id))');
    await rejectsWith(database.query("INSERT INTO things VALUES (1, 'again', 0)"), 'QH_DB_UNIQUE');
    await rejectsWith(database.query('INSERT INTO parts VALUES (1, NULL)'), 'QH_DB_CONSTRAINT');
    await rejectsWith(database.query('SELECT * FROM nothing_of_that_name'), 'QH_DB_STATEMENT');
    await rejectsWith(database.query('SELEC 1'), 'QH_DB_STATEMENT');
    strictEqual(await countOf(database), 1);
    strictEqual(database.statistics().broken, 0);
  });

  test('a pool of one serves in the order of asking, and uses its connection again', async ({ open }) => {
    const database = open({ size: 1 });
    const order: number[] = [];
    await Promise.all([1, 2, 3, 4].map(n => database.query(`SELECT ${n}`).then(() => order.push(n))));
    deepStrictEqual(order, [1, 2, 3, 4]);
    const { size, opened, reused, waiting } = database.statistics();
    deepStrictEqual({ size, opened, reused, waiting }, { size: 1, opened: 1, reused: 3, waiting: 0 });
  });

  test('who waits for a connection and is aborted leaves at once, and nobody else notices', async ({ open }) => {
    const database = open({ size: 1 });
    await makeThings(database);
    const reason = new Error('enough');
    const stop = new AbortController();
    const { promise: free, resolve: letGo } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const held = database.transaction(() => {
      begin();
      return free;
    });
    await begun;
    const waiting = database.query('SELECT 1', [], { signal: stop.signal });
    const behind = database.query('SELECT 2 AS n');
    stop.abort(reason);
    strictEqual(await within(200, 'the aborted wait', failureOf(waiting)), reason);
    letGo();
    await held;
    strictEqual((await behind).rows.length, 1);
  });

  test('a signal that is aborted already runs nothing', async ({ open }) => {
    const database = open();
    await makeThings(database);
    const reason = new Error('before');
    const signal = AbortSignal.abort(reason);
    strictEqual(await failureOf(database.query("INSERT INTO things VALUES (1, 'a', 0)", [], { signal })), reason);
    strictEqual(await countOf(database), 0);
  });

  if (source.running instanceof Function) {
    const { running } = source;
    test('an abort ends the statement on the server before the call rejects', async ({ open }) => {
      const [database, other] = [open(), open()];
      const isRunning = async (): Promise<boolean> =>
        Number((await other.query<{ n: number }>(running(MARK))).rows[0]?.n) > 0;
      const stop = new AbortController();
      const reason = new Error('the test is over');
      const slow = database.query(source.slowRead(20_000, MARK), [], { signal: stop.signal });
      const failed = failureOf(slow);
      await until('the statement runs', isRunning);
      stop.abort(reason);
      strictEqual(await within(2_000, 'the abort', failed), reason);
      strictEqual(await isRunning(), false);
      await database.query('SELECT 1');
    });

    test('a statement that takes too long is ended on the server, and the pool goes on', async ({ open }) => {
      const [database, other] = [open({ size: 1 }), open()];
      const slow = database.query(source.slowRead(20_000, MARK), [], { timeoutMs: 300 });
      await within(2_000, 'the timeout', rejectsWith(slow, 'QH_DB_TIMEOUT'));
      strictEqual(Number((await other.query<{ n: number }>(running(MARK))).rows[0]?.n), 0);
      strictEqual((await database.query('SELECT 1 AS one')).rows.length, 1);
    });
  } else {
    absent('an abort ends the statement on the server', source.running.notSupported);
    absent('a statement that takes too long is ended on the server', source.running.notSupported);
  }

  test('no time left: the server is not asked', async ({ open }) => {
    const database = open();
    await makeThings(database);
    await rejectsWith(database.query("INSERT INTO things VALUES (1, 'a', 0)", [], { timeoutMs: 0 }), 'QH_DB_TIMEOUT');
    strictEqual(await countOf(database), 0);
  });

  test('a healthy database says so', async ({ open }) => {
    const { state, latencyMs } = await open().health();
    strictEqual(state, 'healthy');
    ok(typeof latencyMs === 'number' && latencyMs >= 0);
  });

  test('close waits for what runs, turns away what comes, and may be called twice', async ({ open }) => {
    const database = open();
    await makeThings(database, 1);
    const running = database.query(source.slowRead(100, MARK));
    await until('it runs', () => database.statistics().size > database.statistics().idle);
    await Promise.all([database.close(), database.close()]);
    ok((await running).rows.length > 0);
    await rejectsWith(database.query('SELECT 1'), 'QH_DB_CLOSED');
    strictEqual(database.statistics().size, 0);
  });
}
