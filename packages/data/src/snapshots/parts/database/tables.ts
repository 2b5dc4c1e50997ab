/** What a snapshot knows of the tables of a database, and in which order they are filled. */
import type { Json } from '../../../ledger/ledger.ts';

export interface Column {
  readonly name: string;
  /** As the server names it. */
  readonly type: string;
  readonly nullable: boolean;
}

export interface ForeignKey {
  readonly name: string;
  /** The table it leads to. */
  readonly to: string;
}

export interface Table {
  readonly name: string;
  /** Without those that the server computes. */
  readonly columns: readonly Column[];
  /** Columns of the primary key; empty where there is none. */
  readonly key: readonly string[];
  readonly references: readonly ForeignKey[];
}

/** One row as texts, exactly as the server writes and reads them. */
export type TextRow = readonly (string | null)[];

/** Parents before children. In a circle, the order they were given. */
export function fillingOrder(tables: readonly Table[]): readonly Table[] {
  const left = new Map(tables.map(table => [table.name, table]));
  const order: Table[] = [];
  while (left.size > 0) {
    const free = [...left.values()].filter(({ name, references }) =>
      references.every(({ to }) => to === name || !left.has(to)),
    );
    for (const table of free.length > 0 ? free : [...left.values()].slice(0, 1)) {
      left.delete(table.name);
      order.push(table);
    }
  }
  return order;
}

/** Foreign keys that no order can satisfy: to the table itself, or to one that is filled later. */
export function lateReferences(order: readonly Table[]): readonly { readonly table: string; readonly key: string }[] {
  const filled = new Set<string>();
  const known = new Set(order.map(({ name }) => name));
  return order.flatMap(({ name, references }) => {
    const late = references
      .filter(({ to }) => known.has(to) && !filled.has(to))
      .map(key => ({ table: name, key: key.name }));
    filled.add(name);
    return late;
  });
}

/** What a table looks like, to be compared: nothing that changes with its rows. */
export function shapeOf({ columns, key, references }: Table): Json {
  return {
    columns: columns.map(({ name, type, nullable }) => [name, type, nullable]),
    key: [...key],
    references: references.map(({ to }) => to).sort(),
  };
}

type Shape = { readonly columns: readonly (readonly [string, string, boolean])[] };

/** Sentences about what is different in two shapes of one table. */
export function shapeChanges(table: string, saved: Json, now: Json): readonly string[] {
  if (JSON.stringify(saved) === JSON.stringify(now)) return [];
  const before = new Map(
    (saved as unknown as Shape).columns.map(([name, type, nullable]) => [name, { type, nullable }]),
  );
  const after = new Map((now as unknown as Shape).columns.map(([name, type, nullable]) => [name, { type, nullable }]));
  const said: string[] = [];
  for (const [name, { type, nullable }] of before) {
    const other = after.get(name);
    if (!other) said.push(`${table}.${name} is not there any more`);
    else if (other.type !== type) said.push(`${table}.${name} was ${type} and is ${other.type}`);
    else if (other.nullable !== nullable)
      said.push(`${table}.${name} ${nullable ? 'must have a value now' : 'may be null now'}`);
  }
  for (const name of after.keys()) if (!before.has(name)) said.push(`${table}.${name} is new`);
  return said.length > 0 ? said : [`${table} has another key, or refers to other tables`];
}
