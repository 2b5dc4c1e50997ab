/** Copies a schema of MySQL or MariaDB with its rows: tables, triggers, views, functions and procedures. */
import { IsolationError } from '../errors.ts';
import type { DatabaseLease, SqlDatabase } from '../sql-database.ts';

export interface CopyOptions {
  readonly from: string;
  /** Empty, and the default schema of `database`. */
  readonly to: string;
  /** Tables that are left out. */
  readonly without: readonly string[];
}

interface Part {
  readonly name: string;
  readonly type: string;
}

/** @throws {IsolationError} where there is something that cannot be copied: a sequence, an event (`QH_DB_ISOLATION`). */
export async function copySchema(database: SqlDatabase, { from, to, without }: CopyOptions): Promise<void> {
  const lease = await database.lease();
  try {
    const parts = (await partsOf(lease, from)).filter(({ name }) => !without.includes(name));
    refuseOthers(from, parts);
    await lease.query('SET SESSION foreign_key_checks = 0, unique_checks = 0');
    const tables = parts.filter(({ type }) => type === 'BASE TABLE');
    for (const { name } of tables) await make(lease, `TABLE ${quoted(from)}.${quoted(name)}`, 'Create Table');
    await lease.query('START TRANSACTION');
    for (const { name } of tables) await copyRows(lease, { from, table: name });
    await lease.query('COMMIT');
    for (const { name, type } of parts) {
      if (type === 'FUNCTION' || type === 'PROCEDURE')
        await make(
          lease,
          `${type} ${quoted(from)}.${quoted(name)}`,
          type === 'FUNCTION' ? 'Create Function' : 'Create Procedure',
        );
    }
    // After the rows: a trigger would act on each of them once more.
    for (const { name } of parts.filter(({ type }) => type === 'TRIGGER'))
      await make(lease, `TRIGGER ${quoted(from)}.${quoted(name)}`, 'SQL Original Statement');
    await makeViews(lease, { from, to, names: parts.filter(({ type }) => type === 'VIEW').map(({ name }) => name) });
  } finally {
    await lease.query('SET SESSION foreign_key_checks = 1, unique_checks = 1').catch(() => undefined);
    await lease.release();
  }
}

async function partsOf(lease: DatabaseLease, schema: string): Promise<readonly Part[]> {
  const { rows } = await lease.query<Part>(
    `SELECT table_name AS name, table_type AS type FROM information_schema.tables WHERE table_schema = ?
     UNION ALL SELECT routine_name, routine_type FROM information_schema.routines WHERE routine_schema = ?
     UNION ALL SELECT trigger_name, 'TRIGGER' FROM information_schema.triggers WHERE trigger_schema = ?
     UNION ALL SELECT event_name, 'EVENT' FROM information_schema.events WHERE event_schema = ?
     ORDER BY 1`,
    [schema, schema, schema, schema],
  );
  return rows;
}

function refuseOthers(schema: string, parts: readonly Part[]): void {
  const known = new Set(['BASE TABLE', 'VIEW', 'TRIGGER', 'FUNCTION', 'PROCEDURE']);
  const others = parts
    .filter(({ type }) => !known.has(type))
    .map(({ name, type }) => `${type.toLowerCase()} "${name}"`);
  if (others.length === 0) return;
  throw new IsolationError(
    `The template ${schema} holds what cannot be copied: ${others.join(', ')}`,
    'Leave it out of the template, or use the strategy "truncate" or "transaction"',
  );
}

/** Its own statement, without the name of the schema that some servers put in. */
async function make(lease: DatabaseLease, what: string, column: string): Promise<void> {
  const { rows } = await lease.query(`SHOW CREATE ${what}`);
  await lease.query(String(rows[0]?.[column]));
}

async function copyRows(lease: DatabaseLease, { from, table }: { from: string; table: string }): Promise<void> {
  const { rows } = await lease.query<{ name: string }>(
    `SELECT column_name AS name FROM information_schema.columns
     WHERE table_schema = ? AND table_name = ? AND extra NOT LIKE '%GENERATED%' ORDER BY ordinal_position`,
    [from, table],
  );
  const columns = rows.map(({ name }) => quoted(name)).join(', ');
  await lease.query(
    `INSERT INTO ${quoted(table)} (${columns}) SELECT ${columns} FROM ${quoted(from)}.${quoted(table)}`,
  );
}

/** A view names the schema of its tables. One that looks at another view comes after it, whatever their names. */
async function makeViews(
  lease: DatabaseLease,
  { from, to, names }: { from: string; to: string; names: readonly string[] },
): Promise<void> {
  let left = [...names];
  while (left.length > 0) {
    const failed: { name: string; error: unknown }[] = [];
    for (const name of left) {
      const { rows } = await lease.query(`SHOW CREATE VIEW ${quoted(from)}.${quoted(name)}`);
      const text = String(rows[0]?.['Create View']).replaceAll(`${quoted(from)}.`, `${quoted(to)}.`);
      await lease.query(text).catch((error: unknown) => failed.push({ name, error }));
    }
    if (failed.length === left.length) throw failed[0]?.error;
    left = failed.map(({ name }) => name);
  }
}

function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}
