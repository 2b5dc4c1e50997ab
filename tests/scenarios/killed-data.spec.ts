/** The guide "Cleaning up", run: a worker dies in the middle, and what it has created is found and removed. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import { dataSchema } from '@quality-hub/data/schema';
import { type RunningShop, startShop } from '@quality-hub/shop';
import { runInline } from '@quality-hub/testkit';

test.describe.configure({ timeout: 300_000 });

/** Machines are busy at times. */
const RUN_LIMIT_MS = 200_000;
const CLI = join(process.cwd(), 'packages', 'cli', 'bin', 'quality-hub.mjs');
const GUIDE = readFileSync(join(process.cwd(), 'docs', 'cleaning-up.md'), 'utf8');
const ZOD = join(process.cwd(), 'packages', 'data', 'node_modules', 'zod', 'index.js');
const FILES = Object.fromEntries(
  [...GUIDE.matchAll(/```ts file=(\S+)\n([^]*?)```/g)].map(([, name = '', code = '']) => [
    name,
    code.replace("'zod'", JSON.stringify(ZOD)),
  ]),
);

/** Creates something, tells which, and dies before anybody could remove it. */
const KILLED = `
  import { test } from '@quality-hub/test';
  import { product } from './factories.ts';
  test('dies', async ({ data }) => {
    await data.create(product);
    await data.createMany(product, 3);
    process.kill(process.pid, 'SIGKILL');
    await new Promise(() => {});
  });
`;

const skusOf = async ({ url }: RunningShop): Promise<readonly string[]> => {
  const response = await fetch(`${url}/api/products?pageSize=100`);
  const { products } = (await response.json()) as { products: { sku: string }[] };
  return products.map(({ sku }) => sku).sort();
};

async function staffOf({ url }: RunningShop): Promise<Readonly<Record<string, string>>> {
  // The shop has the password of the run around it.
  const password = process.env['SHOP_STAFF_PASSWORD'] ?? 'open sesame';
  const body = JSON.stringify({ email: 'staff@shop.example', password });
  const response = await fetch(`${url}/api/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  const { token } = (await response.json()) as { token: string };
  return { SHOP_URL: url, STAFF_AUTHORIZATION: `Bearer ${token}` };
}

test('the guide names every option of cleaning up', () => {
  const named = [...GUIDE.matchAll(/^\| `([\w.]+)` +\|/gm)].map(([, name]) => name);
  const { removal, sweep, backlog } = dataSchema.shape;
  const inside = (section: string, shape: object): string[] => Object.keys(shape).map(name => `${section}.${name}`);
  expect(named.slice(1)).toEqual([
    'factories',
    'durability',
    ...inside('removal', removal.unwrap().shape),
    'sweep',
    ...inside('sweep', sweep.unwrap().options[1].shape),
    ...inside('backlog', backlog.unwrap().shape),
  ]);
});

test('the guide about cleaning up leaves nothing behind', async () => {
  await using shop = await startShop();
  const before = await skusOf(shop);
  await using run = await runInline(FILES, { env: await staffOf(shop), timeoutMs: RUN_LIMIT_MS });
  const { counts } = await run.report();
  expect(counts, run.output).toMatchObject({ passed: 3, failed: 0 });
  expect(await skusOf(shop)).toEqual(before);
  expect(run.output).not.toContain('Leftovers');
  const evidence = run.events.flatMap(event => (event.kind === 'evidence' ? event.records : []));
  expect(evidence.map(({ evidence: one }) => one)).toContainEqual(
    expect.objectContaining({ kind: 'cleanup', record: expect.stringMatching(/^product /), outcome: 'gone' }),
  );
});

test('what a killed worker has created is told, listed and swept', async () => {
  await using shop = await startShop();
  const before = await skusOf(shop);
  const env = await staffOf(shop);
  await using run = await runInline(
    { ...FILES, 'killed.spec.ts': KILLED },
    { args: ['killed'], env, timeoutMs: RUN_LIMIT_MS },
  );
  expect(run.exitCode).toBe(1);
  expect(run.output).toMatch(/Leftovers +4 things are left behind: 4 product/);
  expect(await skusOf(shop)).toHaveLength(before.length + 4);
  const quality = async (...words: string[]) =>
    promisify(execFile)(process.execPath, [CLI, ...words], { cwd: run.dir, env: { ...process.env, ...env } });
  const { stdout: listed } = await quality('sweep', '--dry-run');
  expect(listed).toContain('4 things are left behind.');
  expect(listed).toMatch(/product T-\S+ +dies \(run /);
  expect((await quality('show')).stdout).toContain('Leftovers: 4 things are left behind');
  expect((await quality('sweep')).stdout).toBe('4 things are gone.\n');
  expect(await skusOf(shop)).toEqual(before);
  expect((await quality('sweep')).stdout).toBe('Nothing is left behind.\n');
});

test('two workers that want one value are told of each other, in the evidence of both', async () => {
  const claims = (title: string) => `
    import { test } from '@quality-hub/test';
    import { existsSync, writeFileSync } from 'node:fs';
    import { join } from 'node:path';
    const other = join(import.meta.dirname, '${title === 'first' ? 'second' : 'first'}.claimed');
    test('${title}', async ({ data }) => {
      ${title === 'second' ? 'await test.expect.poll(() => existsSync(other), { timeout: 60_000 }).toBe(true);' : ''}
      try {
        await data.claim('email', 'ann@shop.example');
      } finally {
        writeFileSync(join(import.meta.dirname, '${title}.claimed'), '');
      }
      ${title === 'first' ? 'await test.expect.poll(() => existsSync(other), { timeout: 60_000 }).toBe(true);' : ''}
    });`;
  await using run = await runInline(
    { 'first.spec.ts': claims('first'), 'second.spec.ts': claims('second') },
    { args: ['--workers=2', '--timeout=90000'], timeoutMs: RUN_LIMIT_MS },
  );
  const { failures } = await run.report();
  expect(failures.map(({ identity, verdict }) => [identity.titlePath.at(-1), verdict])).toEqual([
    ['second', 'interference'],
  ]);
  expect(run.output).toContain('email "ann@shop.example" belongs to "first"');
  const conflicts = run.events.flatMap(event =>
    event.kind === 'evidence'
      ? event.records.flatMap(({ evidence }) => (evidence.kind === 'conflict' ? evidence : []))
      : [],
  );
  // It comes by the journal and by the attachment, and counts once.
  const told = new Set(conflicts.map(({ detail }) => detail.replace(/\(.*?\) /, '')));
  expect([...told].sort()).toEqual(['"first" had claimed it', '"second" wanted it meanwhile']);
});
