/** Tables that are hard to save: circles of foreign keys, triggers, values that change on the way through a number or a zone. */
import type { SqlDatabase } from '@quality-hub/clients/db';
import type { DatabaseKind } from './empty-database.ts';

const TABLES: Readonly<Record<DatabaseKind, readonly string[]>> = {
  postgres: [
    `CREATE TYPE mood AS ENUM ('calm', 'cross')`,
    `CREATE TABLE teams (id serial PRIMARY KEY, name text NOT NULL UNIQUE, lead integer)`,
    `CREATE TABLE people (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, team integer REFERENCES teams, boss bigint REFERENCES people, name varchar(40))`,
    `ALTER TABLE teams ADD CONSTRAINT teams_lead FOREIGN KEY (lead) REFERENCES people`,
    `CREATE TABLE "Odd ""Name" ("Key A" text, b integer, big bigint, price numeric(30, 10), f real, d double precision,
      at timestamptz, local timestamp, bytes bytea, doc jsonb, raw json, words text[], feels mood, len integer GENERATED ALWAYS AS (b * 2) STORED, PRIMARY KEY ("Key A", b))`,
    `CREATE TABLE log (said text)`,
    `CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO log VALUES (NEW.name); RETURN NEW; END'`,
    `CREATE TRIGGER told AFTER INSERT ON people FOR EACH ROW EXECUTE FUNCTION tell()`,
  ],
  mysql: [
    `CREATE TABLE teams (id integer AUTO_INCREMENT PRIMARY KEY, name varchar(40) NOT NULL UNIQUE, lead_id bigint)`,
    `CREATE TABLE people (id bigint AUTO_INCREMENT PRIMARY KEY, team integer, boss bigint, name varchar(40), FOREIGN KEY (boss) REFERENCES people (id), FOREIGN KEY (team) REFERENCES teams (id))`,
    `ALTER TABLE teams ADD CONSTRAINT teams_lead FOREIGN KEY (lead_id) REFERENCES people (id)`,
    "CREATE TABLE `Odd ``Name` (`Key A` varchar(40), b integer, big bigint unsigned, price decimal(30, 10), f float, d double, at timestamp(6) NULL, local datetime(6), bytes varbinary(20), bits bit(11), doc json, feels enum('calm', 'cross'), len integer AS (b * 2) STORED, PRIMARY KEY (`Key A`, b))",
    `CREATE TABLE log (said text)`,
  ],
  sqlite: [
    `CREATE TABLE teams (id integer PRIMARY KEY AUTOINCREMENT, name text NOT NULL UNIQUE, lead integer REFERENCES people DEFERRABLE INITIALLY IMMEDIATE)`,
    `CREATE TABLE people (id integer PRIMARY KEY AUTOINCREMENT, team integer REFERENCES teams, boss integer REFERENCES people, name text)`,
    `CREATE TABLE "Odd ""Name" ("Key A" text, b integer, big integer, price, f real, d real, bytes blob, any1, any2, len integer AS (b * 2) STORED, PRIMARY KEY ("Key A", b)) WITHOUT ROWID`,
    `CREATE TABLE log (said text)`,
    `CREATE TRIGGER told AFTER INSERT ON people BEGIN INSERT INTO log VALUES (NEW.name); END`,
  ],
};

const ODD: Readonly<Record<DatabaseKind, string>> = {
  postgres: `INSERT INTO "Odd ""Name" VALUES
    ('a', 0, 9223372036854775807, 12345678901234567890.0123456789, 0.1, 0.1::float8 + 0.2, '2026-03-29 01:30:00.123456+00', '2026-10-25 02:30:00.5', '\\x00ff0a', '{"a": [1.50, "\\u00e9"]}', '{"b":  1}', '{"x","y, \\"z\\"",NULL}', 'cross'),
    ('Zoë "q" \\ ''s', -1, NULL, NULL, 'NaN', '-Infinity', 'infinity', NULL, '', NULL, NULL, '{}', NULL), ('', 2, 1, 0, 3.4028235e38, 5e-324, NULL, NULL, NULL, NULL, NULL, NULL, NULL)`,
  mysql: `INSERT INTO \`Odd \`\`Name\` (\`Key A\`, b, big, price, f, d, at, local, bytes, bits, doc, feels) VALUES
    ('a', 0, 18446744073709551615, 12345678901234567890.0123456789, 0.1, 0.1e0 + 0.2e0, '2026-03-29 01:30:00.123456', '2026-10-25 02:30:00.5', X'00ff0a', b'10000000001', '{"a": [1.50, "é"]}', 'cross'),
    ('Zoë "q" \\\\ ''s', -1, NULL, NULL, 3.4e38, 1.7976931348623157e308, NULL, NULL, '', b'0', NULL, NULL), ('', 2, 1, 0, 1.17549e-38, 2.2250738585072014e-308, NULL, NULL, NULL, NULL, NULL, NULL)`,
  sqlite: `INSERT INTO "Odd ""Name" VALUES
    ('a', 0, 9223372036854775807, 12.50, 0.1, 0.1 + 0.2, x'00ff0a', 1.0, 'text'),
    ('Zoë "q" \\ ''s', -1, -9223372036854775808, NULL, 9e999, -9e999, x'', 1, '7'), ('', 2, 1, '1.0', 3.5, 5e-324, NULL, x'31', NULL)`,
};

export async function makeHardTables(database: SqlDatabase): Promise<void> {
  const kind = database.dialect;
  for (const sql of TABLES[kind]) await database.query(sql);
  const lead = kind === 'mysql' ? 'lead_id' : 'lead';
  await database.query("INSERT INTO teams (name) VALUES ('red'), ('blue')");
  await database.query("INSERT INTO people (team, name) VALUES (1, 'Ann'), (1, 'Bob'), (2, 'Cid')");
  await database.query('UPDATE people SET boss = 2 WHERE id = 1');
  await database.query('UPDATE people SET boss = 1 WHERE id = 2');
  await database.query(`UPDATE teams SET ${lead} = id + 1`);
  await database.query(ODD[kind]);
}

/** Everything in the tables, as the server's own texts. */
export async function contentOf(database: SqlDatabase): Promise<unknown> {
  const odd = database.dialect === 'mysql' ? '`Odd ``Name`' : '"Odd ""Name"';
  const found: Record<string, unknown> = {};
  for (const table of ['teams', 'people', odd, 'log']) {
    const { rows } = await database.query(`SELECT * FROM ${table}`);
    found[table] = rows.map(row => Object.values(row).map(told)).sort((a, b) => (String(a) < String(b) ? -1 : 1));
  }
  if (database.dialect === 'sqlite') {
    const { rows } = await database.query(`SELECT typeof(price), typeof(any1), typeof(any2), typeof(big) FROM ${odd}`);
    found['types'] = rows;
  }
  return found;
}

function told(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return value.toString('hex');
  return typeof value === 'number' ? `number ${value}` : value instanceof Date ? value.toISOString() : value;
}
