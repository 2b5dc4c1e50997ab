/** A folder with a configuration, a shop that is a table, and a worker that creates orders in it and leaves them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openRuntime, type Runtime } from '@quality-hub/runtime';

const DATA = new URL('../../../data/src/index.ts', import.meta.url).href;

/** One row for each order that is there; the removal of the order 13 fails, that of the order 60 writes 61 and waits until it is ended. */
const FACTORIES = `
import { define } from '${DATA}';
const anything = { '~standard': { version: 1, vendor: 'test', validate: value => ({ value }) } };
export const order = define('order', {
  schema: anything,
  key: ['id'],
  build: () => ({}),
  create: async () => ({ id: 0 }),
  remove: async ({ id }, { db, signal }) => {
    if (id === 13) throw new Error('refused with top-secret-1');
    if (id === 60) {
      await db.shop.sql\`insert into orders values (61)\`;
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    }
    await db.shop.sql\`delete from orders where id = \${id}\`;
  },
  exists: async ({ id }, { db }) => (await db.shop.sql\`select id from orders where id = \${id}\`).length > 0,
});
`;

export interface LeftoverSuite {
  readonly cwd: string;
  readonly stateFile: string;
  readonly shop: DatabaseSync;
  /** What it has created is left behind once it is closed. */
  readonly worker: Runtime;
  /** Gives the id of the entry. */
  create(id: number, kind?: string): Promise<string>;
  /** Creates it as a worker that has ended since. */
  leave(id: number): Promise<void>;
  ids(): readonly unknown[];
  /** @param data What stands in the section `data`. @param more Other sections, each with a comma behind it. */
  writeConfig(data: string, more?: string): void;
  close(): Promise<void>;
}

export async function openLeftoverSuite(): Promise<LeftoverSuite> {
  const cwd = mkdtempSync(join(tmpdir(), 'qh-sweep-'));
  const stateFile = join(cwd, '.quality-hub', 'state.db');
  mkdirSync(join(cwd, '.quality-hub'));
  writeFileSync(join(cwd, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(cwd, 'factories.mjs'), FACTORIES);
  const shop = new DatabaseSync(join(cwd, 'shop.db'));
  shop.exec('create table orders (id integer primary key)');
  const open = (name: string): Promise<Runtime> => openRuntime({ config: {}, worker: name, runId: 'run-1', stateFile });
  const createAs = async (creator: Runtime, name: string, id: number, kind = 'order'): Promise<string> => {
    const ledger = await creator.ledger();
    const owner = { run: 'run-1', worker: name, test: 'k-1', label: 'buys tea', namespace: 'n' };
    const entry = await ledger.intend({ kind, version: 1, owner, input: { sku: 'TEA' }, needs: [] });
    shop.prepare('insert into orders values (?)').run(id);
    await ledger.made(entry.id, { id });
    return entry.id;
  };
  const worker = await open('w-1');
  const writeConfig = (data: string, more = ''): void => {
    const url = JSON.stringify(join(cwd, 'shop.db'));
    writeFileSync(
      join(cwd, 'quality-hub.config.ts'),
      `export default { ${more} databases: { shop: { kind: 'sqlite', url: ${url} } }, data: { ${data} } };`,
    );
  };
  writeConfig("factories: ['./factories.mjs']");
  return {
    cwd,
    stateFile,
    shop,
    worker,
    writeConfig,
    create: (id, kind) => createAs(worker, 'w-1', id, kind),
    async leave(id) {
      const other = await open('w-2');
      await createAs(other, 'w-2', id);
      await other.close();
    },
    ids: () =>
      shop
        .prepare('select id from orders order by id')
        .all()
        .map(({ id }) => id),
    async close() {
      await worker.close();
      shop.close();
      // Where a factory was defined is another place in each test.
      (globalThis as Record<symbol, unknown>)[Symbol.for('@quality-hub/factories')] = undefined;
      rmSync(cwd, { recursive: true });
    },
  };
}
