/** The two databases that the tests of the shop run on. PostgreSQL is left out, by name, when no server is named. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

export interface TestDatabase {
  /** A new, empty database. */
  create(): Promise<{ where: string; drop(): Promise<void> }>;
}

export const postgresUrl = process.env['QH_POSTGRES_URL'];

export const sqlite: TestDatabase = {
  async create() {
    const folder = mkdtempSync(join(tmpdir(), 'shop-test-'));
    return {
      where: join(folder, 'shop.db'),
      drop: async () => rmSync(folder, { recursive: true, force: true }),
    };
  },
};

export const postgres: TestDatabase = {
  async create() {
    const name = `shop_test_${randomBytes(6).toString('hex')}`;
    await admin(`CREATE DATABASE ${name}`);
    const url = new URL(postgresUrl ?? '');
    url.pathname = `/${name}`;
    return { where: url.href, drop: () => admin(`DROP DATABASE ${name} WITH (FORCE)`) };
  },
};

export const databases = [
  { name: 'SQLite', database: sqlite, skip: false },
  { name: 'PostgreSQL (needs QH_POSTGRES_URL)', database: postgres, skip: postgresUrl === undefined },
];

async function admin(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
