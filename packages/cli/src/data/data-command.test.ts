import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runHere } from '../testing/run-here.ts';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'qh-data-'));
  mkdirSync(join(cwd, '.quality-hub'));
  writeFileSync(join(cwd, 'package.json'), '{ "type": "module" }');
  const shop = new DatabaseSync(join(cwd, 'shop.db'));
  shop.exec(`CREATE TABLE customer (id integer PRIMARY KEY, email text NOT NULL UNIQUE, city text);
    CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer NOT NULL REFERENCES customer, total integer NOT NULL CHECK (total > 3))`);
  shop.close();
  writeConfig(['shop']);
});
afterEach(() => rmSync(cwd, { recursive: true }));

async function here(...argv: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const { code, stdout, stderr } = await runHere(argv, { cwd });
  return { code, out: stdout.trimEnd(), err: stderr };
}

function writeConfig(names: readonly string[]): void {
  const url = JSON.stringify(join(cwd, 'shop.db'));
  const databases = names.map(name => `${name}: { kind: 'sqlite', url: ${url} }`).join(', ');
  writeFileSync(join(cwd, 'quality-hub.config.ts'), `export default { databases: { ${databases} } };`);
}

function count(table: string): number {
  const shop = new DatabaseSync(join(cwd, 'shop.db'));
  const { n } = shop.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { n: number };
  shop.close();
  return n;
}

test('a factory for each table is written, and what people have written is never replaced', async () => {
  const shown = await here('data', 'scaffold', '--table', 'orders', '--table', 'customer');
  expect(shown.code, shown.err).toBe(0);
  const at = (text: string): number => shown.out.indexOf(text);
  expect(at("export const customer = define('customer', {")).toBeGreaterThan(0);
  expect(at("export const orders = define('orders', {")).toBeGreaterThan(at('export const customer'));
  expect(shown.out).toContain('customer: belongsTo(customer),');
  expect(shown.out).toContain("...inTable('shop', 'customer', { findBy: ['email'] }),");
  expect(shown.out).toContain('total: faker.number.int({ min: 4, max: 10004 }),');
  const written = await here('data', 'scaffold', '--out', 'tests/factories.ts');
  expect(written.out).toBe('tests/factories.ts has 2 factories. Read it and change it: it is a start.');
  expect(readFileSync(join(cwd, 'tests/factories.ts'), 'utf8').trimEnd()).toBe(shown.out);
  const again = await here('data', 'scaffold', '--out', 'tests/factories.ts');
  expect(again).toMatchObject({ code: 1, err: expect.stringContaining('tests/factories.ts is there already') });
});

test('a JSON Schema becomes a factory', async () => {
  writeFileSync(
    join(cwd, 'web-order.schema.json'),
    JSON.stringify({ type: 'object', required: ['code'], properties: { code: { type: 'string' } } }),
  );
  const { code, out } = await here('data', 'scaffold', '--json-schema', 'web-order.schema.json');
  expect(code).toBe(0);
  expect(out).toContain("export const webOrder = define('web-order', {");
  const missing = await here('data', 'scaffold', '--json-schema', 'none.json');
  expect(missing).toMatchObject({ code: 1, err: expect.stringContaining('cannot be read') });
});

test('tables are filled with rows, and files are written', async () => {
  const filled = await here(
    'data',
    'generate',
    '--table',
    'orders',
    '--table',
    'customer',
    '--rows',
    '700',
    '--seed',
    'a',
  );
  expect(filled.code, filled.err).toBe(0);
  expect(filled.out.split('\n')).toEqual([
    'customer: 700 rows more',
    'orders: 700 rows more',
    'Again, in an empty database: --seed a',
  ]);
  expect([count('customer'), count('orders'), count('orders WHERE total > 3')]).toEqual([700, 700, 700]);
  const file = await here(
    'data',
    'generate',
    '--table',
    'orders',
    '--rows',
    '50',
    '--out',
    'orders.ndjson',
    '--seed',
    'a',
  );
  expect(file.out).toBe('orders.ndjson has 50 rows. Again: --seed a');
  const lines = readFileSync(join(cwd, 'orders.ndjson'), 'utf8').trim().split('\n');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ id: 701, customer_id: expect.any(Number) });
  expect(count('orders')).toBe(700);
  await here('data', 'generate', '--table', 'orders', '--rows', '50', '--out', 'again.ndjson', '--seed', 'a');
  expect(readFileSync(join(cwd, 'again.ndjson'), 'utf8')).toBe(readFileSync(join(cwd, 'orders.ndjson'), 'utf8'));
});

test('what is missing or misspelt is told', async () => {
  const run = async (...argv: string[]) => {
    const { code, err } = await here('data', ...argv);
    return [code, err.split('\n')[0]];
  };
  expect(await run()).toEqual([2, expect.stringContaining('needs an action')]);
  expect(await run('scafold')).toEqual([2, expect.stringContaining('did you mean "scaffold"?')]);
  expect(await run('generate')).toEqual([2, expect.stringContaining('It is not said which tables')]);
  expect(await run('generate', '--table', 'order')).toEqual([2, expect.stringContaining('did you mean "orders"?')]);
  expect(await run('generate', '--table', 'orders', '--rows', '0')).toEqual([
    2,
    expect.stringContaining('--rows is "0"'),
  ]);
  expect(await run('generate', '--table', 'orders')).toEqual([
    1,
    expect.stringContaining('orders needs rows of customer'),
  ]);
  expect(await run('scaffold', '--database', 'shp')).toEqual([2, expect.stringContaining('did you mean "shop"?')]);
  writeConfig(['shop', 'other']);
  expect(await run('scaffold')).toEqual([2, expect.stringContaining('It is not said which database')]);
  writeConfig([]);
  expect(await run('scaffold')).toEqual([1, expect.stringContaining('The configuration has no databases')]);
  expect(existsSync(join(cwd, 'tests'))).toBe(false);
});
