/** Tables of a database as a part of a snapshot. */
import type { Database } from '@quality-hub/protocol';
import type { Json } from '../../../ledger/ledger.ts';
import { SnapshotError } from '../../errors.ts';
import type { ReadablePart, SavedPart, SnapshotPart } from '../../snapshot-part.ts';
import { joined, linesOf } from '../lines.ts';
import { LONG, type SnapshotDialect } from './dialect.ts';
import { mysqlDialect } from './mysql.ts';
import { postgresDialect } from './postgres.ts';
import { sqliteDialect } from './sqlite.ts';
import { shapeChanges, shapeOf, type Table, type TextRow } from './tables.ts';

export interface DatabasePartOptions {
  readonly database: Database;
  /** @default all tables; on PostgreSQL those of the current schema */
  readonly tables?: readonly string[];
  /** Tables that are left alone, those of migrations say. */
  readonly without?: readonly string[];
}

interface Facts {
  readonly dialect: string;
  readonly counters: Json;
}

const DIALECTS: Readonly<Record<Database['dialect'], SnapshotDialect>> = {
  postgres: postgresDialect,
  mysql: mysqlDialect,
  sqlite: sqliteDialect,
};

/**
 * Tables with their rows and counters of keys. All tables are of one moment, and come back in one transaction: a restore
 * that is killed has changed nothing. Triggers do not act meanwhile.
 *
 * Not covered: tables of other schemas, sequences that belong to no column, and on SQLite the hidden `rowid` of a table without
 * an integer key.
 */
export function databasePart(options: DatabasePartOptions): SnapshotPart {
  const { database } = options;
  const dialect = DIALECTS[database.dialect];
  return {
    kind: 'database',

    async save(writer) {
      const tables = await chosenTables(options);
      const { isolation } = dialect;
      return database.transaction(
        async transaction => {
          const undo = await dialect.prepare(transaction);
          try {
            for (const table of tables) {
              const lines = async function* (): AsyncIterable<string> {
                for await (const page of dialect.rows(transaction, table))
                  for (const row of page) yield JSON.stringify(row);
              };
              await writer.write(table.name, joined(lines()), {
                columns: table.columns.map(({ name }) => name),
                key: table.key,
                ...(dialect.lettered ? { lettered: true } : {}),
                facts: shapeOf(table),
              });
            }
            const counters = await dialect.counters(transaction, tables);
            return { dialect: database.dialect, counters } satisfies Facts;
          } finally {
            await undo();
          }
        },
        { ...LONG, ...(isolation ? { isolation } : {}) },
      );
    },

    async check(saved) {
      const said = (saved.facts as unknown as Facts).dialect;
      if (said !== database.dialect) return [`it was saved from ${said}, and ${database.name} is ${database.dialect}`];
      const now = new Map((await dialect.tables(database)).map(table => [table.name, table]));
      const changes = saved.entries.flatMap(({ name, facts = null }) => {
        const table = now.get(name);
        return table ? shapeChanges(name, facts, shapeOf(table)) : [`the table ${name} is not there any more`];
      });
      if (changes.length > 0) return changes;
      const tables = savedTables(saved, now);
      return [...outsiders(tables, [...now.values()]), ...(await dialect.refusals(database, tables))];
    },

    async load(saved: ReadablePart) {
      const now = new Map((await dialect.tables(database)).map(table => [table.name, table]));
      const tables = savedTables(saved, now).map((table, index) => ({
        ...table,
        rows: () => rowsOf(saved, index),
      }));
      await dialect.load(database, { tables, counters: (saved.facts as unknown as Facts).counters });
    },
  };

  function savedTables(saved: SavedPart, now: ReadonlyMap<string, Table>): readonly Table[] {
    return saved.entries.flatMap(({ name }) => now.get(name) ?? []);
  }
}

/** @throws {SnapshotError} with everything that stands against it (`QH_SNAPSHOT_PART`). */
async function chosenTables({ database, tables, without = [] }: DatabasePartOptions): Promise<readonly Table[]> {
  const dialect = DIALECTS[database.dialect];
  const all = await dialect.tables(database);
  const left = new Set(without);
  const wanted = new Set(tables ?? all.map(({ name }) => name));
  const missing = [...wanted, ...left].filter(name => !all.some(table => table.name === name));
  const chosen = all.filter(({ name }) => wanted.has(name) && !left.has(name));
  const problems = [
    ...missing.map(name => `there is no table ${name}`),
    ...outsiders(chosen, all),
    ...(await dialect.refusals(database, chosen)),
  ];
  if (problems.length === 0) return chosen;
  throw new SnapshotError(
    'QH_SNAPSHOT_PART',
    `The database "${database.name}" cannot be saved: ${problems.join('; ')}`,
    'Choose the tables with "tables" and "without", or use the isolation "template", which copies whole databases',
  );
}

/** Rows that are replaced must not be referred to by rows that are not. */
function outsiders(chosen: readonly Table[], all: readonly Table[]): readonly string[] {
  const inside = new Set(chosen.map(({ name }) => name));
  return all.flatMap(({ name, references }) =>
    inside.has(name)
      ? []
      : references
          .filter(({ to }) => inside.has(to))
          .map(({ to }) => `${name} refers to ${to} and is not among the tables`),
  );
}

async function* rowsOf(saved: ReadablePart, index: number): AsyncIterable<TextRow> {
  const entry = saved.entries[index];
  if (!entry) return;
  for await (const line of linesOf(saved.read(entry))) yield JSON.parse(line) as TextRow;
}
