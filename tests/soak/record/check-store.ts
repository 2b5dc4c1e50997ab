/** What holds for the hub's folder as a whole, whatever happened to the runs in it. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openHub } from '@quality-hub/hub';
import type { HubFolder } from '@quality-hub/telemetry';

/** The database is whole, reading the spools again changes nothing, and no secret is left in clear. */
export async function checkStore(folder: HubFolder, secret: string): Promise<string[]> {
  const before = contentOf(folder);
  {
    await using hub = openHub({ folder });
    await hub.catchUp();
  }
  return [
    ...wholeness(folder),
    ...(contentOf(folder) === before ? [] : ['reading the spools a second time changed the database']),
    ...filesWith(folder.path, secret).map(path => `${path} holds a secret in clear`),
  ];
}

function wholeness({ database }: HubFolder): string[] {
  using store = new DatabaseSync(database);
  const said = store
    .prepare('PRAGMA integrity_check')
    .all()
    .map(row => String(row.integrity_check));
  return said.join() === 'ok' ? [] : [`the database is not whole: ${said.slice(0, 3).join('; ')}`];
}

function contentOf({ database }: HubFolder): string {
  using store = new DatabaseSync(database, { readOnly: true, timeout: 5000 });
  const hash = createHash('sha256');
  const tables = store.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all();
  for (const { name } of tables) {
    hash.update(`\n${name}\n`);
    for (const row of store.prepare(`SELECT * FROM "${name}"`).iterate()) hash.update(JSON.stringify(row));
  }
  return hash.digest('hex');
}

function filesWith(folder: string, secret: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names
    .map(name => join(folder, name))
    .filter(path => statSync(path).isFile() && readFileSync(path).includes(secret))
    .map(path => relative(folder, path));
}
