import { appendFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMemoryDriver } from '@quality-hub/state';
import { openCache } from '@quality-hub/state/cache';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { listOf } from '../testing/list-of.ts';
import { scratchFolder } from '../testing/scratch-folder.ts';
import { type DatasetError, violationText } from './dataset-errors.ts';
import { type DatasetOptions, dataset } from './definition.ts';
import { openDatasets } from './open-datasets.ts';
import { refersTo, unique } from './rules.ts';

const customer = z.object({ id: z.coerce.number(), email: z.email(), boss: z.coerce.number().optional() });

/** Long ago, so that its time tells its state. */
const OLD = new Date('2026-01-01T00:00:00.000Z');

function put(folder: string, path: string, text: string, at: Date | undefined = OLD): string {
  const file = join(folder, path);
  writeFileSync(file, text);
  if (at) utimesSync(file, at, at);
  return file;
}

const CSV = 'id,email\n1,ann@shop.example\n2,bo@shop.example\n';

test('rows are what the schema makes of them, frozen, and the same for all', async () => {
  const folder = scratchFolder();
  put(folder, 'customers.csv', CSV);
  const datasets = openDatasets({ folder });
  const customers = dataset('customers.csv', { schema: customer });
  const rows = await datasets.open(customers).all();
  expect(rows).toEqual([
    { id: 1, email: 'ann@shop.example' },
    { id: 2, email: 'bo@shop.example' },
  ]);
  expect(await datasets.open(customers).all()).toBe(rows);
  expect([Object.isFrozen(rows), Object.isFrozen(rows[0])]).toEqual([true, true]);
  expect(await listOf(datasets.open(customers))).toEqual(rows);
  expect(await datasets.open(customers).take(1)).toEqual([rows[0]]);
  expect(await datasets.open(customers).take(0)).toEqual([]);
  expect(await datasets.open(customers).find(({ id }) => id === 2)).toEqual(rows[1]);
  expect(await datasets.open(customers).find(({ id }) => id === 3)).toBeUndefined();
  expect((await datasets.open('customers.csv').all())[0]).toEqual({ id: '1', email: 'ann@shop.example' });
  expect(datasets.open('customers.csv')).toBe(datasets.open('customers.csv'));
});

test('every violation is told with its line, of the shape, of a row, and of rows together', async () => {
  const folder = scratchFolder();
  put(
    folder,
    'customers.ndjson',
    [
      { id: 1, email: 'ann@shop.example', boss: 9 },
      { id: 2, email: 'nobody' },
      { id: 3, email: 'ann@shop.example', boss: 1 },
      { id: 3, email: 'di@shop.example' },
      { id: -4, email: 'ed@shop.example', boss: 5 },
      { id: 5, email: 'flo@shop.example' },
    ]
      .map(row => JSON.stringify(row))
      .join('\n'),
  );
  const rules: DatasetOptions<z.infer<typeof customer>>['rules'] = [
    unique('email'),
    unique('id'),
    refersTo('boss', 'id'),
    { name: 'ids are positive', check: ({ id }) => id > 0 },
    { name: 'Ed is old', check: ({ email }) => (email.startsWith('ed') ? 'he is not' : undefined) },
    { name: 'Flo has friends', check: ({ email }) => !email.startsWith('flo') || { path: 'friends', message: 'none' } },
    {
      name: 'broken',
      check: ({ email }) => {
        if (email.startsWith('flo')) throw new Error('oops');
        return true;
      },
    },
  ];
  const rows = openDatasets({ folder }).open(dataset('customers.ndjson', { schema: customer, rules }));
  const told = [
    'line 2: email: Invalid email address',
    'line 3: email is unique: the same as in row 1',
    'line 4: id is unique: the same as in row 3',
    'line 5: not true: ids are positive',
    'line 5: Ed is old: he is not',
    'line 6: friends: Flo has friends: none',
    'line 6: broken: the rule has failed: oops',
    'line 1: boss names a row by its id: there is no row whose id is 9',
  ];
  const error: DatasetError = await rows.all().catch(error => error);
  expect(error).toMatchObject({ code: 'QH_DATASET_INVALID', hint: 'Correct the file, or its schema and rules' });
  expect(error.message).toBe(`customers.ndjson has 8 violations: ${told.join('; ')}`);
  expect((await rows.violations()).map(violationText)).toEqual(told);
  // Rows before the first that is wrong are given.
  expect(await rows.take(1)).toHaveLength(1);
  await expect(listOf(rows)).rejects.toMatchObject({ code: 'QH_DATASET_INVALID' });
});

test('a message names twenty, and counts the rest; the error has them', async () => {
  const folder = scratchFolder();
  put(folder, 'a.json', JSON.stringify({ rows: Array.from({ length: 50 }, () => ({ id: 'x' })) }));
  const rows = openDatasets({ folder }).open('a.json', { schema: z.object({ id: z.number() }) });
  const error: DatasetError = await rows.all().catch(error => error);
  expect(error.message).toContain('a.json has 50 violations: row 1: id: Invalid input');
  expect(error.message).toMatch(/; and 30 more$/);
  expect(error.violations).toHaveLength(50);
});

test('a schema may be asynchronous, and of any library', async () => {
  const folder = scratchFolder();
  put(folder, 'a.ndjson', '{"n":1}\n{"n":2}\n');
  const schema = {
    '~standard': {
      validate: async (value: unknown) =>
        (value as { n: number }).n === 1
          ? { value: (value as { n: number }).n }
          : { issues: [{ message: 'not one', path: [{ key: 'n' }, 0, 'deep'] }] },
    },
  };
  const rows = openDatasets({ folder }).open('a.ndjson', { schema });
  expect((await rows.violations()).map(violationText)).toEqual(['line 2: n[0].deep: not one']);
  await expect(openDatasets({ folder }).open('gone.csv').violations()).rejects.toMatchObject({
    code: 'QH_DATASET_READ',
  });
});

test('rows of an older version are migrated; one that nothing leads from is told in a sentence', async () => {
  const folder = scratchFolder();
  put(folder, 'people.ndjson', '{"name":"Ann Lee"}\n');
  put(folder, 'new.ndjson', '{"$dataset":{"version":9}}\n{"first":"Ann"}\n');
  const migrations = { 2: { up: ({ name }: { name: string }) => ({ first: name.split(' ')[0] }) } };
  const schema = z.object({ first: z.string() });
  const datasets = openDatasets({ folder });
  expect(await datasets.open('people.ndjson', { version: 2, migrations, schema }).all()).toEqual([{ first: 'Ann' }]);
  await expect(datasets.open('people.ndjson', { version: 3, migrations, schema }).all()).rejects.toMatchObject({
    code: 'QH_DATA_VERSION',
    message: 'people.ndjson is of version 1, and version 3 is expected: there is no migration 3.up',
  });
  await expect(datasets.open('new.ndjson', { version: 2, migrations, schema }).all()).rejects.toMatchObject({
    code: 'QH_DATA_VERSION',
    message: expect.stringContaining('new.ndjson is of version 9, and version 2 is expected, which is older'),
  });
  expect(() => dataset('a.json', { version: 0 })).toThrow(expect.objectContaining({ code: 'QH_OPTION' }));
});

/** More than what is looked at each time. */
const LONG_TEXT = 'x'.repeat(1_100_000);

test.each([
  ['small', CSV, 1],
  ['large', `id,email\n1,ann@shop.example\n2,${LONG_TEXT}@shop.example\n`, 2],
])(
  'a %s file is parsed once for all workers and runs, and anew when its content has changed',
  async (_, text, asked) => {
    const folder = scratchFolder();
    const file = put(folder, 'customers.csv', text);
    const store = createMemoryDriver();
    const worker = async () => {
      const cache = await openCache({ shared: { store } });
      return { cache, rows: openDatasets({ folder, cache: async () => cache }).open('customers.csv') };
    };
    const first = await worker();
    expect(await first.rows.all()).toHaveLength(2);
    expect(first.cache.statistics()).toMatchObject({ loads: asked });
    const second = await worker();
    expect(await second.rows.all()).toEqual(await first.rows.all());
    expect(second.cache.statistics()).toMatchObject({ loads: 0, sharedHits: asked, misses: 0 });

    // Touched, but the same: it is looked at, and not parsed.
    utimesSync(file, new Date(), OLD.getTime() / 1_000 + 5);
    const third = await worker();
    expect(await third.rows.all()).toHaveLength(2);
    expect(third.cache.statistics()).toMatchObject({ loads: asked - 1, sharedHits: 1 });

    appendFileSync(file, '3,cy@shop.example\n');
    expect(await third.rows.all()).toHaveLength(3);
    expect(await first.rows.all()).toHaveLength(3);
  },
);

test('a change within the resolution of the time of a file is seen', async () => {
  const folder = scratchFolder();
  const at = new Date(Date.now() - 100);
  const store = createMemoryDriver();
  const read = async () => {
    const cache = await openCache({ shared: { store } });
    return openDatasets({ folder, cache: async () => cache, now: () => at.getTime() + 500 })
      .open('a.ndjson')
      .all();
  };
  for (const text of ['', LONG_TEXT]) {
    put(folder, 'a.ndjson', JSON.stringify({ n: 1, text }), at);
    expect(await read()).toEqual([{ n: 1, text }]);
    // The same size, the same time.
    put(folder, 'a.ndjson', JSON.stringify({ n: 2, text }), at);
    expect(await read()).toEqual([{ n: 2, text }]);
  }
});

test('a reading that has failed is tried again', async () => {
  const folder = scratchFolder();
  put(folder, 'a.ndjson', '{"n":}\n');
  const rows = openDatasets({ folder }).open('a.ndjson');
  await expect(rows.all()).rejects.toMatchObject({ code: 'QH_DATASET_FORMAT' });
  put(folder, 'a.ndjson', '{"n":1}\n');
  expect(await rows.all()).toEqual([{ n: 1 }]);
});

test('a file that is too large to be held is named, with the test; row by row it can be read', async () => {
  const folder = scratchFolder();
  put(folder, 'big.ndjson', '{"id":1,"text":"some text of a row"}\n'.repeat(5_000));
  const rows = openDatasets({ folder, maxBytes: 100_000, by: () => 'buys a book' }).open('big.ndjson');
  await expect(rows.all()).rejects.toMatchObject({
    code: 'QH_DATA_MEMORY',
    message: expect.stringMatching(
      /^big\.ndjson is too large to be held as a whole by "buys a book": its first \d+ rows take 0\.10 MB, and 0\.10 MB are allowed$/,
    ),
  });
  let count = 0;
  for await (const _ of rows.rows()) count++;
  expect(count).toBe(5_000);
});

test('who watches a file hears of another content, also where it is replaced', async () => {
  const folder = scratchFolder();
  const file = put(folder, 'a.ndjson', '{"n":1}\n');
  const rows = openDatasets({ folder }).open<{ n: number }>('a.ndjson');
  let heard = 0;
  const stop = rows.onChange(() => heard++);
  put(folder, 'other.ndjson', '{"n":2}\n', undefined);
  renameSync(join(folder, 'other.ndjson'), file);
  await expect.poll(() => heard, { timeout: 20_000 }).toBe(1);
  expect(await rows.all()).toEqual([{ n: 2 }]);
  stop();
});
