import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryDriver } from '@quality-hub/state';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { customPart } from './parts/custom-part.ts';
import { filesPart } from './parts/files-part.ts';
import { keysPart } from './parts/keys-part.ts';
import { openSnapshots } from './snapshots.ts';

const DAY_MS = 86_400_000;
let root: string;
let folder: string;
let value: { readonly items: number };
const settings = customPart({
  save: async () => value,
  load: async saved => {
    value = saved;
  },
});

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'qh-snapshots-'));
  folder = join(root, 'snapshots');
  value = { items: 1 };
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('a folder comes back with its files, links and permissions, and without what is new', async () => {
  const files = join(root, 'files');
  await mkdir(join(files, 'inner', 'empty'), { recursive: true });
  await writeFile(join(files, 'a.txt'), 'one');
  await writeFile(join(files, 'inner', 'run.sh'), 'x'.repeat(300_000));
  await chmod(join(files, 'inner', 'run.sh'), 0o750);
  await symlink('../a.txt', join(files, 'inner', 'link'));
  const snapshots = openSnapshots({ folder, parts: { files: filesPart({ path: files }) } });
  await snapshots.save('clean');
  await writeFile(join(files, 'a.txt'), 'two');
  await writeFile(join(files, 'new.txt'), 'new');
  rmSync(join(files, 'inner'), { recursive: true });
  expect((await snapshots.changes('clean')).text.trim().split('\n\n')).toEqual([
    'files a.txt: changed',
    'files new.txt: added',
    'files inner: removed',
    'files inner/empty: removed',
    'files inner/link: removed',
    'files inner/run.sh: removed',
  ]);
  await snapshots.restore('clean');
  expect(await readFile(join(files, 'a.txt'), 'utf8')).toBe('one');
  expect((await stat(join(files, 'inner', 'run.sh'))).mode & 0o777).toBe(0o750);
  expect(await readlink(join(files, 'inner', 'link'))).toBe('../a.txt');
  expect(readdirSync(files)).toEqual(['a.txt', 'inner']);
  expect(readdirSync(root).sort()).toEqual(['files', 'snapshots']);
});

test('a file that was not there is gone again, and what a killed restore has left goes back', async () => {
  const path = join(root, 'settings.json');
  const snapshots = openSnapshots({ folder, parts: { file: filesPart({ path }) } });
  await snapshots.save('without');
  await writeFile(path, '{}');
  await snapshots.save('with');
  await snapshots.restore('without');
  expect(readdirSync(root)).toEqual(['snapshots']);
  // Killed between the two steps of a restore, and while it wrote: both by a process that is no more.
  writeFileSync(`${path}.qh-old-999999999-01234567`, 'kept');
  writeFileSync(`${path}.qh-new-999999999-01234567`, 'half');
  await snapshots.save('after the kill');
  expect(readFileSync(path, 'utf8')).toBe('kept');
  expect(readdirSync(root).sort()).toEqual(['settings.json', 'snapshots']);
});

test('keys below a prefix come back, and no others are touched', async () => {
  const store = createMemoryDriver();
  await store.set('shop/a', '1');
  await store.set('shop/b', 'two\nlines');
  await store.set('other', 'x');
  const snapshots = openSnapshots({ folder, parts: { cache: keysPart({ store, prefix: 'shop/' }) } });
  await snapshots.save('clean');
  await store.set('shop/a', '2');
  await store.delete('shop/b');
  await store.set('shop/c', '3');
  await store.set('other', 'y');
  await snapshots.save('used');
  expect((await snapshots.diff('clean', 'used')).text).toBe(
    [
      'cache keys: 1 added, 1 removed, 1 changed',
      '  change   row                     column  before  after',
      '  added    key=c value=3',
      '  removed  key=b value=two\\nlines',
      '  changed  key=a                   value   1       2',
      '',
    ].join('\n'),
  );
  await snapshots.restore('clean');
  expect((await store.list('')).map(({ key, value }) => [key, value])).toEqual([
    ['other', 'y'],
    ['shop/a', '1'],
    ['shop/b', 'two\nlines'],
  ]);
  expect(() => keysPart({ store, prefix: '' })).toThrow('needs a prefix');
});

test('a part of its own saves, loads and compares itself', async () => {
  const part = customPart<{ items: number }>({
    save: async () => value,
    load: async saved => {
      value = saved;
    },
    compare: (before, after) => [`${after.items - before.items} more`],
  });
  const snapshots = openSnapshots({ folder, parts: { box: part } });
  await snapshots.save('one');
  value = { items: 3 };
  expect((await snapshots.changes('one')).text).toBe('box: 2 more\n');
  await snapshots.restore('one');
  expect(value).toEqual({ items: 1 });
  expect((await snapshots.changes('one')).differences).toEqual([]);
});

test('a name that there is none of is told with the one that was meant', async () => {
  const snapshots = openSnapshots({ folder, parts: { settings } });
  await expect(snapshots.restore('clean shop')).rejects.toMatchObject({
    code: 'QH_SNAPSHOT_MISSING',
    hint: 'Save one first',
  });
  await snapshots.save('clean shop');
  await expect(snapshots.restore('clean shp')).rejects.toMatchObject({
    message: 'There is no snapshot "clean shp": did you mean "clean shop"?',
  });
  expect([await snapshots.has('clean shop'), await snapshots.has('other')]).toEqual([true, false]);
  expect(await snapshots.list()).toMatchObject([
    { name: 'clean shop', version: 1, parts: ['settings'], sizeBytes: 11 },
  ]);
  expect([await snapshots.remove('clean shop'), (await snapshots.list()).length]).toEqual([1, 0]);
});

test('another version, and parts that are others now, are refused before anything is changed', async () => {
  await openSnapshots({ folder, version: 2, parts: { settings } }).save('old');
  const newer = openSnapshots({ folder, version: 3, parts: { settings } });
  await expect(newer.restore('old')).rejects.toMatchObject({
    code: 'QH_SNAPSHOT_VERSION',
    message: 'The snapshot "old" is of version 2, and version 3 is expected',
  });
  const keys = keysPart({ store: createMemoryDriver(), prefix: 'x/' });
  await expect(openSnapshots({ folder, version: 2, parts: { settings: keys } }).restore('old')).rejects.toMatchObject({
    code: 'QH_SNAPSHOT_SCHEMA',
    message: 'The snapshot "old" does not fit what is there now: settings was of kind custom and is keys',
  });
  await expect(openSnapshots({ folder, version: 2, parts: {} }).restore('old')).rejects.toThrow(
    'there is no part settings now',
  );
});

test('a format of the future is refused', async () => {
  const snapshots = openSnapshots({ folder, parts: { settings } });
  await snapshots.save('clean');
  const { digest } = await import('@quality-hub/protocol');
  const records = join(folder, 'records', 'clean');
  const path = join(records, readdirSync(records)[0] ?? '');
  const text = JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')).snapshot, format: 9 });
  writeFileSync(path, `{"digest":"${digest(text)}","snapshot":${text}}\n`);
  await expect(snapshots.restore('clean')).rejects.toMatchObject({ code: 'QH_SNAPSHOT_VERSION' });
});

test('torn files are found before anything is changed', async () => {
  const snapshots = openSnapshots({ folder, parts: { settings } });
  await snapshots.save('clean');
  value = { items: 9 };
  for (const harm of [half, flip, remove]) {
    const path = onlyFile(join(folder, 'contents'));
    const whole = readFileSync(path);
    harm(path);
    await expect(snapshots.restore('clean')).rejects.toMatchObject({ code: 'QH_SNAPSHOT_TORN' });
    expect(value).toEqual({ items: 9 });
    writeFileSync(path, whole);
  }
  half(onlyFile(join(folder, 'records')));
  await expect(snapshots.restore('clean')).rejects.toMatchObject({ code: 'QH_SNAPSHOT_TORN' });
  expect(await snapshots.list()).toEqual([]);
});

test('a part that fails is told by its name, and the restore can be done again', async () => {
  let failing = true;
  const weak = customPart({
    save: async () => 1,
    load: async () => {
      if (failing) throw new Error('the mailbox is locked');
    },
  });
  const snapshots = openSnapshots({ folder, parts: { settings, weak } });
  await snapshots.save('clean');
  value = { items: 9 };
  await expect(snapshots.restore('clean')).rejects.toMatchObject({
    code: 'QH_SNAPSHOT_PART',
    message: '"weak" of the snapshot "clean" was not restored: the mailbox is locked',
  });
  failing = false;
  await snapshots.restore('clean');
  expect(value).toEqual({ items: 1 });
  const abort = AbortSignal.abort(new Error('enough'));
  await expect(snapshots.restore('clean', { signal: abort })).rejects.toThrow('enough');
});

test('after a restore that was killed nothing is saved until one has ended', async () => {
  const other = customPart({ save: async () => 1, load: async () => undefined });
  const snapshots = openSnapshots({ folder, parts: { settings } });
  await snapshots.save('clean');
  let marks: readonly string[] = [];
  const watching = customPart({
    save: async () => 1,
    load: async () => {
      marks = files(join(folder, 'restoring')).map(path => readFileSync(path, 'utf8'));
    },
  });
  const both = openSnapshots({ folder, parts: { settings, watching } });
  await both.save('both');
  await both.restore('both');
  expect([marks.length, files(join(folder, 'restoring'))]).toEqual([1, []]);
  // What a process that is no more had written before it was killed.
  const mark = JSON.parse(marks[0] ?? '');
  mark.process.pid = 999_999_999;
  writeFileSync(join(folder, 'restoring', '999999999-both.json'), JSON.stringify(mark));
  await expect(snapshots.save('again')).rejects.toMatchObject({
    code: 'QH_SNAPSHOT_INTERRUPTED',
    hint: 'Restore "both" again first',
  });
  await snapshots.restore('clean');
  await expect(snapshots.save('again')).rejects.toMatchObject({ code: 'QH_SNAPSHOT_INTERRUPTED' });
  await openSnapshots({ folder, parts: { other } }).save('of others');
  await both.restore('both');
  await snapshots.save('again');
});

test('what is many, old or large goes, the newest stays, and what is shared is kept once', async () => {
  let now = Date.now() - 100 * DAY_MS;
  const options = { folder, parts: { settings }, now: () => now };
  const counted = openSnapshots({ ...options, retention: { count: 2 } });
  for (const items of [1, 2, 3]) {
    value = { items };
    await counted.save('counted');
    now += 1000;
  }
  expect(readdirSync(join(folder, 'records', 'counted'))).toHaveLength(2);
  await counted.save('twin');
  // 2 and 3; that of the first is kept for an hour more: somebody may just be saving it.
  expect(files(join(folder, 'contents'))).toHaveLength(3);
  for (const file of files(join(folder, 'contents'))) statSync(file);
  now = Date.now() + 2 * DAY_MS;
  value = { items: 4 };
  await openSnapshots({ ...options, retention: { maxAgeMs: DAY_MS } }).save('young');
  expect((await counted.list()).map(({ name }) => name)).toEqual(['young']);
  expect(files(join(folder, 'contents'))).toHaveLength(1);
  now += 1000;
  value = { items: 5 };
  await openSnapshots({ ...options, retention: { maxBytes: 1 } }).save('large');
  expect((await counted.list()).map(({ name }) => name)).toEqual(['large']);
});

function half(path: string): void {
  truncateSync(path, Math.floor(statSync(path).size / 2));
}

function flip(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.length - 3] = (bytes[bytes.length - 3] ?? 0) ^ 0xff;
  writeFileSync(path, bytes);
}

function remove(path: string): void {
  rmSync(path);
}

function files(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter(each => each.isFile())
    .map(each => join(each.parentPath, each.name));
}

function onlyFile(path: string): string {
  const [only = '', ...others] = files(path);
  expect(others).toEqual([]);
  return only;
}
