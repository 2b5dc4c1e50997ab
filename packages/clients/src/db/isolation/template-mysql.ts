/** Templates on MySQL and MariaDB: these cannot copy a database, so its parts are made again and its rows inserted. */
import { IsolationError } from '../errors.ts';
import { openDatabase } from '../open-database.ts';
import type { SqlDatabase } from '../sql-database.ts';
import { closeAfter } from './close-after.ts';
import { copySchema } from './copy-schema.ts';
import type { TemplatePlace } from './templates.ts';

const BUILD_TIMEOUT_MS = 300_000;
const LOCK_TIMEOUT_MS = 30_000;
/** Is in a template that is complete, and in no copy of it. */
const READY_TABLE = 'qh_template_ready';

export function mysqlPlace(url: string): TemplatePlace {
  const urlOf = (name: string): string => {
    const own = new URL(url);
    own.pathname = `/${name}`;
    return own.href;
  };
  const open = (where: string): SqlDatabase =>
    openDatabase({
      name: 'templates',
      kind: 'mysql',
      url: where,
      statementTimeoutMs: BUILD_TIMEOUT_MS,
      lockTimeoutMs: LOCK_TIMEOUT_MS,
      pool: { size: 2 },
    });
  const admin = open(url);
  const isReady = async (template: string): Promise<boolean> => {
    const { rows } = await admin.query(
      'SELECT 1 AS one FROM information_schema.tables WHERE table_schema = ? AND table_name = ?',
      [template, READY_TABLE],
    );
    return rows.length > 0;
  };
  return {
    url: urlOf,
    async ensure(template, prepare) {
      if (await isReady(template)) return;
      // The lock belongs to the connection: whoever dies while building lets go of it.
      const lease = await admin.lease({ timeoutMs: BUILD_TIMEOUT_MS });
      try {
        const { rows } = await lease.query<{ got: number | null }>('SELECT GET_LOCK(?, ?) AS got', [
          template,
          BUILD_TIMEOUT_MS / 1000,
        ]);
        if (rows[0]?.got !== 1)
          throw new IsolationError(
            `The template ${template} is being made by somebody else for more than ${BUILD_TIMEOUT_MS / 1000} s`,
            'Look at the processes of the server',
          );
        if (await isReady(template)) return;
        await admin.query(`DROP DATABASE IF EXISTS ${template}`);
        await admin.query(`CREATE DATABASE ${template}`);
        await closeAfter(open(urlOf(template)), async database => {
          await prepare(database);
          await database.query(`CREATE TABLE ${READY_TABLE} (one INTEGER)`);
        });
      } finally {
        await lease.query('SELECT RELEASE_LOCK(?)', [template]).catch(() => undefined);
        await lease.release();
      }
    },
    async copy(template, name, owner) {
      await createCommented(admin, name, owner);
      await closeAfter(open(urlOf(name)), database =>
        copySchema(database, { from: template, to: name, without: [READY_TABLE] }),
      );
    },
    async drop(name, { force }) {
      if (!force) {
        const { rows } = await admin.query('SELECT 1 AS one FROM information_schema.processlist WHERE db = ?', [name]);
        if (rows.length > 0) return false;
      }
      await admin.query(`DROP DATABASE IF EXISTS ${name}`);
      return true;
    },
    async list(prefix) {
      const { rows } = await admin.query<{ name: string }>(
        'SELECT schema_name AS name FROM information_schema.schemata WHERE LEFT(schema_name, ?) = ? ORDER BY 1',
        [prefix.length, prefix],
      );
      return rows.map(({ name }) => name);
    },
    close: () => admin.close(),
  };
}

/** MySQL knows no comment on a database; there the name alone says whose it is. */
async function createCommented(admin: SqlDatabase, name: string, owner: string): Promise<void> {
  const { rows } = await admin.query<{ version: string }>('SELECT VERSION() AS version');
  const comment = rows[0]?.version.includes('MariaDB')
    ? ` COMMENT '${owner.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
    : '';
  await admin.query(`CREATE DATABASE ${name}${comment}`);
}
