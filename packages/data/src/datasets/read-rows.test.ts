import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { listOf } from '../testing/list-of.ts';
import { scratchFolder } from '../testing/scratch-folder.ts';
import { readRows } from './read-rows.ts';

async function read(path: string, content: string | Buffer, delimiter?: string) {
  const file = join(scratchFolder(), path);
  writeFileSync(file, content);
  let version: number | undefined;
  const rows: unknown[] = [];
  const lines: (number | undefined)[] = [];
  const onVersion = (said: number) => {
    version = said;
  };
  for await (const batch of readRows({ file, path, onVersion, ...(delimiter !== undefined && { delimiter }) })) {
    rows.push(...batch.rows);
    lines.push(...batch.lines);
  }
  return { rows, lines, version };
}

const ANN = { id: 1, name: 'Ann, "Lee"\nBerlin' };
const BO = { id: 2, name: 'Bö 😀' };

describe('each format gives its rows and their lines', () => {
  test.each([
    ['a.ndjson', `${JSON.stringify(ANN)}\n\n${JSON.stringify(BO)}\r\n`, [1, 3]],
    ['a.jsonl', `\ufeff${JSON.stringify(ANN)}\n${JSON.stringify(BO)}`, [1, 2]],
    ['a.json', JSON.stringify([ANN, BO]), [1, 1]],
    ['a.json', `\ufeff \n${JSON.stringify([ANN, BO], null, 2)}\n`, [3, 7]],
    ['a.yaml', `# people\n- id: 1\n  name: "Ann, \\"Lee\\"\\nBerlin"\n- { id: 2, name: Bö 😀 }\n`, [2, 4]],
  ])('%s', async (path, text, lines) => {
    expect(await read(path, text)).toEqual({ rows: [ANN, BO], lines, version: undefined });
    expect(await read(`${path}.gz`, gzipSync(text))).toEqual({ rows: [ANN, BO], lines, version: undefined });
  });

  test('CSV and TSV: all values are text, and texts may have several lines', async () => {
    const text = '\ufeffid,name\r\n1,"Ann, ""Lee""\nBerlin"\r\n\r\n2,Bö 😀\r\n';
    const rows = [
      { id: '1', name: ANN.name },
      { id: '2', name: BO.name },
    ];
    expect(await read('a.csv', text)).toMatchObject({ rows, lines: [3, 5] });
    expect((await read('a.tsv', 'id\tname\n2\tBö 😀\n')).rows).toEqual([rows[1]]);
    expect((await read('a.csv', 'id;name\n2;Bö 😀\n', ';')).rows).toEqual([rows[1]]);
    expect((await read('a.csv', `id,name\n${'1,x\n'.repeat(1_000)}`)).rows).toHaveLength(1_000);
  });

  test.each([
    ['a.ndjson', `{"$dataset":{"version":3}}\n{"id":1}\n`, [2]],
    ['a.json', `{"$dataset":{"version":3},"rows":[{"id":1}]}`, [undefined]],
    ['a.yaml', `$dataset: { version: 3 }\nrows:\n  - id: 1\n`, [3]],
  ])('the version of %s', async (path, text, lines) => {
    expect(await read(path, text)).toEqual({ rows: [{ id: 1 }], lines, version: 3 });
  });

  test('the version of CSV stands before its names', async () => {
    expect(await read('a.csv', '# dataset version 3\nid\n1\n')).toEqual({
      rows: [{ id: '1' }],
      lines: [3],
      version: 3,
    });
    expect((await read('a.csv', '# dataset version 3')).version).toBe(3);
    expect((await read('a.csv', '#,id\n7,1\n')).rows).toEqual([{ '#': '7', id: '1' }]);
  });

  test.each(['a.ndjson', 'a.csv'])('an empty %s has no rows', async path => {
    expect((await read(path, '')).rows).toEqual([]);
  });

  test('an empty list has no rows', async () => {
    expect((await read('a.json', ' [ ] ')).rows).toEqual([]);
    expect((await read('a.yaml', '[]')).rows).toEqual([]);
  });
});

test('a list is read in pieces: items that are cut anywhere come whole', async () => {
  const rows = Array.from({ length: 3_000 }, (_, id) => ({
    id,
    text: `"}],[{\\ ${'ä😀'.repeat(id % 40)}`,
    in: [[{ id }]],
  }));
  expect((await read('a.json', JSON.stringify(rows, null, 1))).rows).toEqual(rows);
  expect((await read('a.ndjson', rows.map(row => JSON.stringify(row)).join('\n'))).rows).toEqual(rows);
});

test('numbers, texts and null in a list are rows too', async () => {
  expect((await read('a.json', '[1,"a]b",null,true,[2]]')).rows).toEqual([1, 'a]b', null, true, [2]]);
});

describe('what is not in its format is told, with its line', () => {
  test.each([
    ['a.ndjson', '{"id":1}\n{"id":}\n', 'a.ndjson, line 2: no JSON'],
    ['a.json', '[{"id":1},\n{"id":}]', 'a.json, line 2: no JSON'],
    ['a.json', '[1,\n,2]', 'a.json, line 2: an item of the list is missing'],
    ['a.json', '[1,]', 'a.json, line 1: an item of the list is missing'],
    ['a.json', '[1', 'a.json, line 1: the list has no end'],
    ['a.json', '[1]\n[2]', 'a.json, line 2: there is more after the end of the list'],
    ['a.json', '{"id":1}', 'a.json: no list, and no object with "$dataset" and a list "rows"'],
    ['a.json', '{"id":', 'a.json: no JSON'],
    ['a.csv', 'id,name\n1,a\n2\n', 'a.csv, line 3: Invalid Record Length'],
    ['a.csv', '# dataset version 2\nid,name\n1,a\n2\n', 'a.csv, line 4: Invalid Record Length'],
    ['a.csv', 'id\n"1', 'a.csv, line 2: Quote Not Closed'],
    ['a.csv', 'id\nx"1', 'a.csv, line 2: Invalid Opening Quote'],
    ['a.yaml', '- id: 1\n- id: "2\n', 'a.yaml, line'],
    ['a.yaml', 'id: 1', 'a.yaml: no list, and no map'],
  ])('%s %s', async (path, text, message) => {
    await expect(read(path, text)).rejects.toMatchObject({
      code: 'QH_DATASET_FORMAT',
      message: expect.stringContaining(message),
      hint: 'Correct the file',
    });
  });

  test('a packed file that is damaged', async () => {
    const packed = gzipSync('[1,2,3]');
    await expect(read('a.json.gz', packed.subarray(0, 15))).rejects.toMatchObject({ code: 'QH_DATASET_FORMAT' });
    await expect(read('a.csv.gz', Buffer.from('id\n1\n'))).rejects.toMatchObject({ code: 'QH_DATASET_FORMAT' });
  });

  test('names that tell no format', async () => {
    await expect(read('a.jsno', '[]')).rejects.toMatchObject({
      code: 'QH_DATASET_FORMAT',
      hint: 'Did you mean .json?',
    });
    await expect(read('rows', '[]')).rejects.toMatchObject({
      message: expect.stringContaining('the name has no ending'),
    });
  });
});

test('a file that is not there, and one that is none, are told', async () => {
  const folder = scratchFolder();
  const all = (path: string) => listOf(readRows({ file: join(folder, path), path }));
  await expect(all('gone.json')).rejects.toMatchObject({
    code: 'QH_DATASET_READ',
    message: 'There is no file gone.json',
    hint: 'Paths are from the folder of the configuration',
  });
  const file = join(folder, 'x.ndjson');
  await expect(listOf(readRows({ file: folder, path: 'x.ndjson' }))).rejects.toMatchObject({
    code: 'QH_DATASET_READ',
    message: expect.stringContaining('x.ndjson cannot be read'),
  });
  writeFileSync(file, '{"id":1}\n'.repeat(100_000));
  const over = new AbortController();
  const reading = listOf(readRows({ file, path: 'x.ndjson', signal: over.signal }));
  over.abort(new Error('the test is over'));
  await expect(reading).rejects.toThrow('the test is over');
});
