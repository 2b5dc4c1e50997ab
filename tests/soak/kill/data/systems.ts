/** The systems under test of a data round: the shop, PostgreSQL, MariaDB and SQLite, each with things of others in it. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openDatabase, type SqlDatabase } from '@quality-hub/clients/db';
import { startShop } from '@quality-hub/shop';

const THEIRS = ['theirs-1', 'theirs-2', 'theirs-3'];

/** By system and table: the ids that are in it. */
export type Contents = Readonly<Record<string, readonly string[]>>;

export interface Systems extends AsyncDisposable {
  readonly shopUrl: string;
  readonly staffToken: string;
  readonly postgresUrl: string;
  readonly mariadbUrl: string;
  readonly notesFile: string;
  /** All that is in them now. */
  contents(): Promise<Contents>;
}

export async function openSystems(dir: string): Promise<Systems> {
  const { QH_POSTGRES_URL: postgres, QH_MARIADB_URL: mariadb } = process.env;
  if (!postgres || !mariadb) throw new Error('A data round needs QH_POSTGRES_URL and QH_MARIADB_URL');
  await using opened = new AsyncDisposableStack();
  const shopFile = join(dir, 'shop.db');
  const shop = opened.use(await startShop({ database: shopFile }));
  const staffToken = await signIn(shop.url);
  await send(`${shop.url}/api/coupons`, staffToken, {
    code: 'THEIRS-1',
    percent: 10,
    maxUses: 5,
    expiresAt: '2099-01-01T00:00:00.000Z',
  });
  const rows = opened.use(await ownDatabase('postgres', postgres));
  await rows.db.query('create table crates (id varchar(80) primary key)');
  await rows.db.query(
    'create table parcels (id varchar(80) primary key, crate varchar(80) not null references crates (id))',
  );
  const invoices = opened.use(await ownDatabase('mysql', mariadb));
  await invoices.db.query('create table invoices (id varchar(80) primary key) engine = InnoDB');
  const notesFile = join(dir, 'notes.db');
  const notes = new DatabaseSync(notesFile);
  opened.defer(() => notes.close());
  notes.exec('pragma journal_mode = wal; pragma busy_timeout = 10000; create table notes (id text primary key)');
  for (const id of THEIRS) {
    await rows.db.sql`insert into crates values (${id})`;
    await rows.db.sql`insert into parcels values (${id}, ${id})`;
    await invoices.db.sql`insert into invoices values (${id})`;
    notes.prepare('insert into notes values (?)').run(id);
  }
  const shopRows = (sql: string): readonly string[] => {
    const file = new DatabaseSync(shopFile, { readOnly: true });
    try {
      return idsOf(file.prepare(sql).all());
    } finally {
      file.close();
    }
  };
  const closing = opened.move();
  return {
    shopUrl: shop.url,
    staffToken,
    postgresUrl: rows.url,
    mariadbUrl: invoices.url,
    notesFile,
    contents: async () => ({
      products: shopRows('select sku as id from products order by sku'),
      coupons: shopRows('select code as id from coupons order by code'),
      crates: idsOf(await rows.db.sql`select id from crates order by id`),
      parcels: idsOf(await rows.db.sql`select id from parcels order by id`),
      invoices: idsOf(await invoices.db.sql`select id from invoices order by id`),
      notes: idsOf(notes.prepare('select id from notes order by id').all()),
    }),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

interface OwnDatabase extends AsyncDisposable {
  readonly db: SqlDatabase;
  readonly url: string;
}

/** A new one on the server, which goes away again. */
async function ownDatabase(kind: 'postgres' | 'mysql', server: string): Promise<OwnDatabase> {
  const name = `qh_soak_${randomBytes(6).toString('hex')}`;
  const admin = openDatabase({ name: 'admin', kind, url: server });
  await admin.query(`create database ${name}`);
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href;
  const db = openDatabase({ name, kind, url });
  return {
    db,
    url,
    async [Symbol.asyncDispose]() {
      await db.close();
      await admin.query(`drop database ${name}${kind === 'postgres' ? ' with (force)' : ''}`);
      await admin.close();
    },
  };
}

async function signIn(url: string): Promise<string> {
  // A shop that is started inside of a run of this repository has the password of that run.
  const password = process.env['SHOP_STAFF_PASSWORD'] ?? 'open sesame';
  const staff = { email: 'staff@shop.example', password };
  return ((await send(`${url}/api/sessions`, undefined, staff)) as { readonly token: string }).token;
}

async function send(url: string, token: string | undefined, body: unknown): Promise<unknown> {
  const headers = { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${url} answers ${response.status}: ${await response.text()}`);
  return response.json();
}

function idsOf(rows: readonly unknown[]): readonly string[] {
  return rows.map(row => (row as { readonly id: string }).id);
}
