import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../../testing/scratch-folder.ts';
import { dataset } from '../definition.ts';
import { openDatasets } from '../open-datasets.ts';
import { writeRows } from './write-rows.ts';

const ROWS = Array.from({ length: 3_000 }, (_, id) => ({ id: `${id}`, name: `Ann, "${id}"\nBerlin ä😀` }));

test.each(['a.json', 'a.ndjson', 'a.csv', 'a.tsv', 'a.ndjson.gz', 'a.csv.gz'])(
  'what is written to %s is read as it was, with its version',
  async path => {
    const folder = scratchFolder();
    const file = join(folder, 'inner', path);
    expect(await writeRows(file, ROWS)).toEqual({ path: file, rows: 3_000 });
    const datasets = openDatasets({ folder: join(folder, 'inner') });
    expect(await datasets.open(path).all()).toEqual(ROWS);
    const rows = async function* () {
      yield* ROWS;
    };
    await writeRows(file, rows(), { version: 2 });
    expect(await datasets.open(dataset(path, { version: 2 })).all()).toEqual(ROWS);
    await expect(datasets.open(dataset(path)).all()).rejects.toMatchObject({ code: 'QH_DATA_VERSION' });
    expect(readdirSync(join(folder, 'inner'))).toEqual([path]);
  },
);

test('values that a spreadsheet would run are made harmless where it is asked for', async () => {
  const file = join(scratchFolder(), 'a.csv');
  const rows = [{ name: '=HYPERLINK("http://evil.example")', at: new Date(0), ok: true, none: null }];
  await writeRows(file, rows);
  expect(readFileSync(file, 'utf8')).toContain('"=HYPERLINK');
  await writeRows(file, rows, { escapeFormulas: true, columns: ['ok', 'at', 'name'] });
  expect(readFileSync(file, 'utf8')).toBe(
    `ok,at,name\ntrue,1970-01-01T00:00:00.000Z,"'=HYPERLINK(""http://evil.example"")"\n`,
  );
});

test('rows are asked for as the disk takes them, and not before', async () => {
  const file = join(scratchFolder(), 'a.ndjson');
  let made = 0;
  let ahead = 0;
  const rows = async function* () {
    for (; made < 200_000; made++) {
      if (made % 20_000 === 19_999) {
        const part = readdirSync(join(file, '..')).find(name => name.endsWith('.part'));
        const written = part === undefined ? 0 : readFileSync(join(file, '..', part)).length;
        ahead = Math.max(ahead, made * 30 - written);
      }
      yield { id: made, text: 'x'.repeat(10) };
    }
  };
  expect((await writeRows(file, rows())).rows).toBe(200_000);
  // Two pieces and the buffers of the streams.
  expect(ahead).toBeLessThan(2_000_000);
});

test('a writing that fails or is ended leaves nothing, and what was there stays', async () => {
  const folder = scratchFolder();
  const file = join(folder, 'a.csv');
  await writeRows(file, [{ id: 1 }]);
  const failing = async function* () {
    yield { id: 2 };
    throw new Error('no more');
  };
  await expect(writeRows(file, failing())).rejects.toThrow('no more');
  const over = new AbortController();
  const endless = async function* () {
    for (let id = 0; ; id++) {
      if (id === 50_000) over.abort(new Error('the test is over'));
      yield { id };
    }
  };
  await expect(writeRows(file, endless(), { signal: over.signal })).rejects.toThrow('the test is over');
  expect(readFileSync(file, 'utf8')).toBe('id\n1\n');
  expect(readdirSync(folder)).toEqual(['a.csv']);
  await expect(writeRows(join(folder, 'a.yaml'), [])).rejects.toMatchObject({ code: 'QH_DATASET_FORMAT' });
  expect(existsSync(join(folder, 'a.yaml'))).toBe(false);
});
