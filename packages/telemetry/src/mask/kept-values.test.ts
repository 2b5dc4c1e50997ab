import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { forgetValues, type KeptValuesPlace, keepValues, readKeptValues } from './kept-values.ts';

const VALUES = ['swordfish-4711', 'ünïcode secret'];
let root: string;
let place: KeptValuesPlace;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'qh-kept-'));
  place = { spoolFolder: join(root, 'hub', 'spool', 'run-1'), keys: join(root, 'keys') };
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const keep = (writer = 'r-1', { shard = 1, values = VALUES, env = {} as NodeJS.ProcessEnv } = {}): void =>
  keepValues(place, { shard, writer, values, env });
const filesBelow = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter(entry => entry.isFile())
        .map(entry => join(entry.parentPath, entry.name))
    : [];

test('what is kept is read again with the key, and only with the key', () => {
  keep('r-1');
  keep('w-1', { values: ['from a worker'] });
  expect(readKeptValues(place)).toEqual({ values: [...VALUES, 'from a worker'], unreadable: 0 });
  const elsewhere = { ...place, keys: join(root, 'other-keys') };
  expect(readKeptValues(elsewhere)).toEqual({ values: [], unreadable: 2 });
});

test('no value stands on the disk, and every file is for its owner only', () => {
  keep();
  const files = [...filesBelow(join(root, 'hub')), ...filesBelow(join(root, 'keys'))];
  expect(files).toHaveLength(2);
  for (const file of files) {
    expect(statSync(file).mode & 0o077).toBe(0);
    const bytes = readFileSync(file);
    for (const value of VALUES) expect(bytes.includes(value)).toBe(false);
  }
  expect(statSync(join(root, 'keys')).mode & 0o077).toBe(0);
});

test('a changed byte is noticed', () => {
  keep();
  const [file = ''] = filesBelow(join(root, 'hub'));
  const bytes = readFileSync(file);
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(file, bytes);
  expect(readKeptValues(place)).toEqual({ values: [], unreadable: 1 });
  writeFileSync(file, 'short');
  expect(readKeptValues(place)).toEqual({ values: [], unreadable: 1 });
});

test('nothing is written for values that the environment shows by itself', () => {
  keep('r-1', { values: ['swordfish-4711'], env: { SHOP_PASSWORD: 'swordfish-4711' } });
  keep('r-2', { values: [] });
  expect(existsSync(join(root, 'hub'))).toBe(false);
  expect(existsSync(join(root, 'keys'))).toBe(false);
});

test('one shard forgets its own, the run forgets all, with the keys', () => {
  keep('r-1', { shard: 1 });
  keep('r-2', { shard: 2, values: ['of shard two'] });
  keep('r-3', { shard: 12, values: ['of shard twelve'] });
  forgetValues(place, 1);
  expect(readKeptValues(place).values).toEqual(['of shard twelve', 'of shard two']);
  forgetValues(place);
  expect([filesBelow(join(root, 'hub')), filesBelow(join(root, 'keys'))]).toEqual([[], []]);
  expect(existsSync(join(root, 'hub', 'masks', 'run-1'))).toBe(false);
  forgetValues(place);
});

test('where nothing can be written nothing is kept, and nobody is bothered', () => {
  mkdirSync(join(root, 'hub'));
  writeFileSync(join(root, 'hub', 'masks'), 'a file stands in the way');
  keep();
  expect(readKeptValues(place)).toEqual({ values: [], unreadable: 0 });
  forgetValues(place);
});
