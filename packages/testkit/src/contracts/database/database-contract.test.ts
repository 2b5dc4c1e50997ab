/** The contract is kept by the real drivers, and notices one that breaks it. */
import type { Database, QueryOptions, QueryResult } from '@quality-hub/protocol';
import { describe, expect, test } from 'vitest';
import { databaseContract } from './database-contract.ts';
import type { DatabaseContractSource } from './source.ts';

// By path: those packages are tested with this one, and two that name each other as dependencies could not be built.
const { contractSources } = (await import(
  new URL('../../../../clients/src/testing/database-servers.ts', import.meta.url).href
)) as { contractSources: Readonly<Record<'postgres' | 'mysql' | 'sqlite', DatabaseContractSource>> };

interface Outcome {
  readonly name: string;
  readonly error: string | undefined;
}

/** Runs the tests of the contract as a runner would, one after the other. */
async function outcomesOf(source: DatabaseContractSource, only?: RegExp): Promise<readonly Outcome[]> {
  const tests: { name: string; body: () => Promise<void> }[] = [];
  databaseContract(source, {
    describe: (_name, body) => body(),
    test: (name, body) => void ((only?.test(name) ?? true) && tests.push({ name, body })),
    skip: () => undefined,
  });
  const outcomes: Outcome[] = [];
  for (const { name, body } of tests) {
    const error = await body().then(
      () => undefined,
      (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown)),
    );
    outcomes.push({ name, error });
  }
  return outcomes;
}

/** The same driver, with something wrong. */
function broken(
  source: DatabaseContractSource,
  change: (database: Database) => Partial<Database>,
): DatabaseContractSource {
  return {
    ...source,
    open(options) {
      const database = source.open(options);
      const changed = change(database);
      return new Proxy(database, {
        get(target, name) {
          const value: unknown = name in changed ? changed[name as keyof Database] : Reflect.get(target, name, target);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
    },
  };
}

const failedOf = (outcomes: readonly Outcome[]): readonly string[] =>
  outcomes.filter(({ error }) => error !== undefined).map(({ name, error }) => `${name}: ${error}`);

test.each(Object.values(contractSources).filter(({ skip }) => skip === undefined))(
  '$name keeps every promise',
  { timeout: 240_000 },
  async source => {
    const outcomes = await outcomesOf(source);
    expect(outcomes.length).toBeGreaterThan(15);
    expect(failedOf(outcomes)).toEqual([]);
  },
);

test('what a driver cannot do is skipped by name, with the reason', () => {
  const skipped: string[] = [];
  databaseContract(contractSources.sqlite, {
    describe: (_name, body) => body(),
    test: () => undefined,
    skip: name => skipped.push(name),
  });
  expect(skipped).toContain('faults of the network (not supported: it has none)');
  expect(skipped).toContain('stop and start of the server (not supported: there is no server)');
});

test('a source that is to be skipped runs nothing', () => {
  const skipped: string[] = [];
  databaseContract(
    { ...contractSources.sqlite, skip: 'needs a server' },
    { describe: (_name, body) => body(), test: name => expect.fail(name), skip: name => skipped.push(name) },
  );
  expect(skipped).toContain('nobody sees what is not committed (needs a server)');
});

describe('a broken driver is noticed', () => {
  const { sqlite, postgres } = contractSources;

  test('one that pastes parameters into the text', async () => {
    const source = broken(sqlite, database => ({
      query: (sql, params = [], options) =>
        database.query(
          sql.replace(/\?/g, () => `'${params.length > 0 ? params[0] : '?'}'`),
          [],
          options,
        ),
    }));
    expect(failedOf(await outcomesOf(source, /never text/))).toHaveLength(1);
  });

  test('one that commits what has failed', async () => {
    const source = broken(sqlite, database => ({
      transaction: async work => {
        let failure: { error: unknown } | undefined;
        const value = await database.transaction(tx =>
          work(tx).catch((error: unknown) => {
            failure = { error };
            return undefined as never;
          }),
        );
        if (failure) throw failure.error;
        return value;
      },
    }));
    expect(failedOf(await outcomesOf(source, /^a transaction commits when/))).toHaveLength(1);
  });

  test('one that does not listen to a signal', async () => {
    const source = broken(sqlite, database => ({ query: (sql, params) => database.query(sql, params) }));
    expect(failedOf(await outcomesOf(source, /aborted already/))[0]).toContain('It resolved where an error was due');
  });

  test('one that never closes', async () => {
    const source = broken(sqlite, () => ({ close: async () => undefined }));
    expect(failedOf(await outcomesOf(source, /^close waits/))).toHaveLength(1);
  });

  test.skipIf(postgres.skip !== undefined)(
    'one that repeats writes (needs QH_POSTGRES_URL)',
    { timeout: 60_000 },
    async () => {
      const source = broken(postgres, database => ({
        query: (sql, params, options) => database.query(sql, params, { ...options, idempotent: true }),
      }));
      const failed = failedOf(await outcomesOf(source, /^a write under which/));
      expect(failed).toHaveLength(1);
    },
  );

  test.skipIf(postgres.skip !== undefined)(
    'one that leaves statements running (needs QH_POSTGRES_URL)',
    { timeout: 60_000 },
    async () => {
      const source = broken(postgres, database => ({
        query: <Row>(sql: string, params?: readonly unknown[], options?: QueryOptions): Promise<QueryResult<Row>> =>
          Promise.race([
            database.query<Row>(sql, params),
            new Promise<never>((_, reject) =>
              options?.signal?.addEventListener('abort', () => reject(options.signal?.reason)),
            ),
          ]),
      }));
      // It is ended at last, so that the database can be dropped.
      const slow: DatabaseContractSource = { ...source, slowRead: (_ms, mark) => postgres.slowRead(1_000, mark) };
      expect(failedOf(await outcomesOf(slow, /^an abort ends/))).toHaveLength(1);
    },
  );
});
