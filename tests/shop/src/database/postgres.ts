/** The shop's database on PostgreSQL. */
import type { Pool, PoolClient } from 'pg';
import { LOCK_WAIT_MS, type Queries, type Snapshot, type SqlValue, type TroubledDatabase } from './port.ts';

export async function openPostgres(url: string): Promise<TroubledDatabase> {
  const { default: pg } = await import('pg');
  // The lock wait is set on every new connection, so that a locked table is an error and not a hang.
  const pool = new pg.Pool({ connectionString: url, max: 8, options: `-c lock_timeout=${LOCK_WAIT_MS}` });
  // An idle connection that breaks must not end the process: the next query reports it.
  pool.on('error', () => undefined);
  return {
    dialect: 'postgres',
    ...queriesOn(pool),
    transaction: work => withClient(pool, client => inTransaction(client, work)),
    lock: () => lockFrom(pool),
    async slowQuery(durationMs) {
      await pool.query('SELECT pg_sleep($1)', [durationMs / 1000]);
    },
    snapshot: () => snapshotFrom(pool),
    close: () => pool.end(),
  };
}

function queriesOn(runner: Pick<Pool | PoolClient, 'query'>): Queries {
  const ask = (sql: string, values: readonly SqlValue[] = []) => runner.query(numbered(sql), [...values]);
  return {
    all: async <Row>(sql: string, values?: readonly SqlValue[]) => (await ask(sql, values)).rows as Row[],
    get: async <Row>(sql: string, values?: readonly SqlValue[]) => (await ask(sql, values)).rows[0] as Row | undefined,
    run: async (sql, values) => (await ask(sql, values)).rowCount ?? 0,
  };
}

/** `?` becomes `$1`, `$2`, … The shop's SQL has no question mark inside a literal. */
function numbered(sql: string): string {
  let n = 0;
  return sql.replaceAll('?', () => `$${++n}`);
}

async function withClient<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    return await work(client);
  } finally {
    client.release();
  }
}

async function inTransaction<T>(client: PoolClient, work: (tx: Queries) => Promise<T>): Promise<T> {
  await client.query('BEGIN');
  try {
    const result = await work(queriesOn(client));
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

async function lockFrom(pool: Pool): Promise<() => Promise<void>> {
  const client = await pool.connect();
  const { rows } = await client.query<{ name: string }>(
    "SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'",
  );
  await client.query(`BEGIN; LOCK TABLE ${rows.map(row => row.name).join(', ')} IN ACCESS EXCLUSIVE MODE`);
  return async () => {
    await client.query('ROLLBACK');
    client.release();
  };
}

async function snapshotFrom(pool: Pool): Promise<Snapshot> {
  const client = await pool.connect();
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  // The snapshot is taken by the first query, not by BEGIN.
  await client.query('SELECT 1 FROM schema_version');
  const { all, get } = queriesOn(client);
  return {
    all,
    get,
    async close() {
      await client.query('ROLLBACK');
      client.release();
    },
  };
}
