/** What survives a bad network, and what is told of what does not. Faults are made by a real proxy. */
import { ok, strictEqual } from 'node:assert/strict';
import type { Database } from '@quality-hub/protocol';
import { startTcpProxy, type TcpProxy } from '../../tcp-proxy/tcp-proxy.ts';
import { countOf, failureOf, makeThings, rejectsWith, until, within } from './judge.ts';
import type { ContractGiven, ContractOpenOptions, ContractTest, DatabaseContractSource } from './source.ts';

const MARK = 'qh_fault_mark';

interface FaultGiven extends ContractGiven {
  readonly proxy: TcpProxy;
  /** A client behind the proxy. */
  through(options?: Partial<ContractOpenOptions>): Database;
}

export function faultPromises(source: DatabaseContractSource, test: ContractTest): void {
  const faulty = (name: string, body: (given: FaultGiven) => Promise<void>): void =>
    test(name, async given => {
      const { hostname, port } = new URL(given.url);
      await using proxy = await startTcpProxy({ host: hostname, port: Number(port) });
      await body({ ...given, proxy, through: options => given.open({ url: proxy.url(given.url), ...options }) });
    });

  for (const fault of ['cut', 'reset'] as const) {
    faulty(`idle connections that were ${fault}: dropped, and reads do not notice`, async ({ through, proxy }) => {
      const database = through();
      await makeThings(database, 1);
      await Promise.all([1, 2, 3, 4].map(() => database.query(source.slowRead(50, MARK))));
      strictEqual(proxy[fault](), 4);
      strictEqual(await countOf(database), 1);
      await until('all are known', () => database.statistics().broken === 4);
    });

    faulty(`reads under which connections are ${fault} have the right answer`, async ({ through, proxy }) => {
      const database = through();
      await makeThings(database, 5);
      const reads = Promise.all(
        Array.from({ length: 8 }, async () => {
          await database.query(source.slowRead(60, MARK));
          return countOf(database);
        }),
      );
      await until('they run', () => proxy.counts().open >= 4);
      proxy[fault]();
      for (const count of await within(10_000, 'the reads', reads)) strictEqual(count, 5);
    });
  }

  faulty('a write under which the connection breaks is not repeated, and says so', async ({ through, open, proxy }) => {
    const [database, direct] = [through(), open()];
    await makeThings(direct);
    await database.query('SELECT 1');
    // The server does it, and its answer never comes.
    proxy.halfOpen();
    const write = failureOf(database.query("INSERT INTO things VALUES (1, 'once', 0)"));
    await until('the server has done it', async () => (await countOf(direct)) === 1);
    proxy.reset();
    const error = await within(3_000, 'the write', write);
    strictEqual(error.code, 'QH_DB_BROKEN');
    await proxy.normal();
    strictEqual(await countOf(database), 1);
  });

  faulty('idempotent work is repeated', async ({ through, open, proxy }) => {
    const [database, direct] = [through(), open()];
    await makeThings(direct, 1);
    await database.query('SELECT 1');
    proxy.halfOpen();
    const write = database.query("UPDATE things SET name = 'new' WHERE id = 1", [], { idempotent: true });
    await until('the server has done it', async () => {
      const { rows } = await direct.query<{ name: string }>('SELECT name FROM things');
      return rows[0]?.name === 'new';
    });
    proxy.reset();
    await proxy.normal();
    strictEqual((await within(5_000, 'the write', write)).rowCount >= 0, true);
  });

  faulty('a transaction under which the connection breaks is undone, and its work runs once', async given => {
    const { through, open, proxy } = given;
    const [database, direct] = [through(), open()];
    await makeThings(direct);
    let runs = 0;
    const failed = database.transaction(async tx => {
      runs++;
      await tx.query("INSERT INTO things VALUES (1, 'a', 0)");
      proxy.reset();
      await tx.query("INSERT INTO things VALUES (2, 'b', 0)");
    });
    await within(3_000, 'the transaction', rejectsWith(failed, 'QH_DB_BROKEN'));
    strictEqual(runs, 1);
    await until('the server has undone it', async () => (await countOf(direct)) === 0);
    strictEqual(await countOf(database), 0);
  });

  faulty('a transaction that begins on a dead connection runs on another', async ({ through, proxy }) => {
    const database = through({ size: 1, checkAfterMs: 60_000 });
    await makeThings(database);
    proxy.reset();
    let runs = 0;
    await database.transaction(async tx => {
      runs++;
      await tx.query("INSERT INTO things VALUES (1, 'a', 0)");
    });
    strictEqual(runs, 1);
    strictEqual(await countOf(database), 1);
  });

  faulty('a commit whose answer does not come is told as unknown', async ({ through, open, proxy }) => {
    const [database, direct] = [through({ statementTimeoutMs: 500 }), open()];
    await makeThings(direct);
    const failed = database.transaction(async tx => {
      await tx.query("INSERT INTO things VALUES (1, 'a', 0)");
      proxy.halfOpen();
    });
    await within(5_000, 'the commit', rejectsWith(failed, 'QH_DB_COMMIT_UNKNOWN'));
    await until('the server has done it', async () => (await countOf(direct)) === 1);
  });

  faulty('frozen connections are given up in time, and the pool recovers', async ({ through, proxy }) => {
    const database = through({ size: 2 });
    await makeThings(database, 1);
    proxy.freeze();
    // The first has the connection that is there; the second waits for a new one that is never made.
    const [first, second] = [1, 2].map(() => database.query('SELECT 1', [], { timeoutMs: 400 }));
    if (first && second) {
      const both = Promise.all([rejectsWith(first, 'QH_DB_TIMEOUT'), rejectsWith(second, 'QH_DB_UNREACHABLE')]);
      await within(3_000, 'frozen reads', both);
    }
    await proxy.normal();
    strictEqual(await within(3_000, 'the read after it', countOf(database)), 1);
    ok(database.statistics().broken >= 1, 'a connection that did not answer is dropped');
  });

  faulty('a connection that died in silence is found out before it is used', async ({ through, proxy }) => {
    const database = through({ size: 1, checkAfterMs: 0 });
    await makeThings(database);
    proxy.connections()[0]?.freeze();
    const written = database.query("INSERT INTO things VALUES (1, 'a', 0)");
    await within(4_000, 'the write', written);
    strictEqual(await countOf(database), 1);
    strictEqual(database.statistics().broken, 1);
  });

  faulty('a port that nobody listens on is told at once, and health says down', async ({ through, proxy }) => {
    const database = through();
    await proxy.refuse();
    await within(2_000, 'the refusal', rejectsWith(database.query('SELECT 1'), 'QH_DB_UNREACHABLE'));
    const { state, detail } = await database.health();
    strictEqual(state, 'down');
    ok(detail?.includes('ECONNREFUSED'), detail);
    await proxy.normal();
    strictEqual((await database.query('SELECT 1 AS one')).rows.length, 1);
    strictEqual((await database.health()).state, 'healthy');
  });

  faulty('a slow network makes answers late, not wrong', async ({ through, proxy }) => {
    const database = through();
    await makeThings(database, 3);
    proxy.slow({ latencyMs: 20, bytesPerSecond: 50_000 });
    const { rows } = await database.query<{ name: string }>('SELECT name FROM things ORDER BY id');
    strictEqual(rows.map(({ name }) => name).join(), 'thing 1,thing 2,thing 3');
  });
}
