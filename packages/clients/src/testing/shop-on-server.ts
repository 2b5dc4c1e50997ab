/** A small shop on each server, with what tests of isolation open around it; all of it is gone after each test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { openTemplates, type TemplateOptions, type Templates } from '../db/isolation/templates.ts';
import { openDatabase } from '../db/open-database.ts';
import type { SqlDatabase } from '../db/sql-database.ts';
import { createDatabase, mariadbUrl, postgresUrl } from './database-servers.ts';
import { makeShop } from './small-shop.ts';

type Kind = SqlDatabase['dialect'];

export const isolationServers: readonly { readonly kind: Kind; readonly skip: boolean; readonly note: string }[] = [
  {
    kind: 'postgres',
    skip: postgresUrl === undefined,
    note: postgresUrl === undefined ? ' (needs QH_POSTGRES_URL)' : '',
  },
  { kind: 'mysql', skip: mariadbUrl === undefined, note: mariadbUrl === undefined ? ' (needs QH_MARIADB_URL)' : '' },
  { kind: 'sqlite', skip: false, note: '' },
];

export interface ShopOnServer {
  /** Of the running test. */
  readonly database: SqlDatabase;
  readonly url: string;
  /** A client that is closed after the test. */
  open(url: string): SqlDatabase;
  /** Closes the client that was opened last. */
  closeLast(): Promise<void>;
  /** Templates that are dropped after the test. */
  templatesOf(key: string, more?: Partial<TemplateOptions>): Templates;
}

export function useShop(kind: Kind): ShopOnServer {
  let folder: string;
  let place: { url: string; drop(): Promise<void> };
  let database: SqlDatabase;
  let clients: SqlDatabase[];
  let templates: Templates[];
  const open = (url: string): SqlDatabase => {
    const client = openDatabase({ name: 'shop', kind, url });
    clients.push(client);
    return client;
  };
  beforeEach(async () => {
    [clients, templates] = [[], []];
    folder = mkdtempSync(join(tmpdir(), 'qh-templates-'));
    place = await createDatabase(kind);
    database = open(place.url);
    await makeShop(database);
  });
  afterEach(async () => {
    await Promise.all(clients.map(client => client.close()));
    for (const each of templates) {
      await each.dropTemplate();
      await each.close();
    }
    await place.drop();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    get database() {
      return database;
    },
    get url() {
      return place.url;
    },
    open,
    closeLast: async () => clients.pop()?.close(),
    templatesOf(key, more = {}) {
      const url = { postgres: postgresUrl, mysql: mariadbUrl, sqlite: folder }[kind] ?? '';
      const made = openTemplates({ kind, url, key, runId: 'run-1', prepare: makeShop, ...more });
      templates.push(made);
      return made;
    },
  };
}
