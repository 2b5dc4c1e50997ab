/** Templates on PostgreSQL: `CREATE DATABASE … TEMPLATE …` copies files, whatever is in them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseError } from '../errors.ts';
import { openDatabase } from '../open-database.ts';
import type { SqlDatabase } from '../sql-database.ts';
import { closeAfter } from './close-after.ts';
import { sparesOf } from './spares-postgres.ts';
import type { TemplatePlace } from './templates.ts';

const BUILD_TIMEOUT_MS = 300_000;
/** Somebody is connected to the template for a moment: autovacuum, or a tool. */
const TRIES = 10;
const WAIT_MS = 50;

export function postgresPlace(url: string): TemplatePlace {
  const admin = openDatabase({
    name: 'templates',
    kind: 'postgres',
    url,
    statementTimeoutMs: BUILD_TIMEOUT_MS,
    lockTimeoutMs: BUILD_TIMEOUT_MS,
    pool: { size: 3 },
  });
  const urlOf = (name: string): string => {
    const own = new URL(url);
    own.pathname = `/${name}`;
    return own.href;
  };
  const exists = async (name: string): Promise<boolean> => {
    const { rows } = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    return rows.length > 0;
  };
  const drop = async (name: string, { force }: { force: boolean }): Promise<boolean> => {
    if (!(await exists(name))) return true;
    await admin.query(`ALTER DATABASE ${name} IS_TEMPLATE false`);
    try {
      await admin.query(`DROP DATABASE IF EXISTS ${name}${force ? ' WITH (FORCE)' : ''}`);
      return true;
    } catch (error) {
      if (!force && isInUse(error)) return false;
      throw error;
    }
  };
  const list = async (prefix: string): Promise<readonly string[]> => {
    const { rows } = await admin.query<{ name: string }>(
      'SELECT datname AS name FROM pg_database WHERE starts_with(datname, $1) ORDER BY 1',
      [prefix],
    );
    return rows.map(({ name }) => name);
  };
  const copy = async (template: string, name: string): Promise<void> => {
    for (let attempt = 1; ; attempt++) {
      try {
        await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
        return;
      } catch (error) {
        if (!isInUse(error) || attempt >= TRIES) throw error;
        await sleep(WAIT_MS);
      }
    }
  };
  const spares = sparesOf(admin, list, copy);
  return {
    url: urlOf,
    drop,
    spares,
    list,
    async ensure(template, prepare) {
      if (await exists(template)) return;
      // The lock belongs to the connection: whoever dies while building lets go of it.
      const lease = await admin.lease({ timeoutMs: BUILD_TIMEOUT_MS });
      try {
        await lease.query('SELECT pg_advisory_lock(hashtext($1))', [template]);
        if (await exists(template)) return;
        const draft = `${template}_new`;
        await drop(draft, { force: true });
        await admin.query(`CREATE DATABASE ${draft}`);
        await prepared(urlOf(draft), prepare);
        // The name says that it is complete. Nobody may connect: a copy is refused while somebody is.
        await admin.query(`ALTER DATABASE ${draft} RENAME TO ${template}`);
        await admin.query(`ALTER DATABASE ${template} IS_TEMPLATE true ALLOW_CONNECTIONS false`);
        await admin.query(`COMMENT ON DATABASE ${template} IS '${JSON.stringify({ madeBy: 'quality-hub' })}'`);
      } finally {
        await lease.query('SELECT pg_advisory_unlock(hashtext($1))', [template]).catch(() => undefined);
        await lease.release();
      }
    },
    async copy(template, name, owner) {
      if (!(await spares.take(template, name))) await copy(template, name);
      await admin.query(`COMMENT ON DATABASE ${name} IS '${owner.replaceAll("'", "''")}'`);
    },
    close: () => admin.close(),
  };
}

async function prepared(url: string, prepare: (database: SqlDatabase) => Promise<void>): Promise<void> {
  const template = { name: 'template', kind: 'postgres', url, statementTimeoutMs: BUILD_TIMEOUT_MS } as const;
  await closeAfter(openDatabase(template), async database => {
    await prepare(database);
    // What the copies read would else be looked for anew, and marked anew, in each of them.
    await database.query('VACUUM (ANALYZE, FREEZE)');
  });
}

function isInUse(error: unknown): boolean {
  return error instanceof DatabaseError && error.serverCode === '55006';
}
