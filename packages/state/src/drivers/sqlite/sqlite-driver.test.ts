import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isQualityHubError } from '@quality-hub/protocol';
import { expect, test, vi } from 'vitest';
import { prefixed } from '../../index.ts';
import { scratchFolder } from '../../testing/scratch-folder.ts';
import { openSqliteDriver } from '../sqlite.ts';
import { stateErrorOf } from './sqlite-file.ts';

test('the file and its logs are for their owner alone, also where the file was there before', async () => {
  const path = join(scratchFolder(), 'inner', 'state.db');
  mkdirSync(join(path, '..'));
  writeFileSync(path, '');
  chmodSync(path, 0o644);
  const store = await openSqliteDriver({ path });
  await store.set('a', 'one');
  for (const file of [path, `${path}-wal`, `${path}-shm`]) expect(statSync(file).mode & 0o777, file).toBe(0o600);
  await store.close();
});

test('it tells what it promises', async () => {
  const store = await openSqliteDriver({ path: join(scratchFolder(), 'state.db') });
  expect(store).toMatchObject({ shared: true, durability: 'process' });
  expect(prefixed(store, 'x/')).toMatchObject({ shared: true, durability: 'process' });
  await store.close();
});

test('what is past its lifetime is removed from the file by later writes', async () => {
  const path = join(scratchFolder(), 'state.db');
  let now = 0;
  const store = await openSqliteDriver({ path, now: () => now });
  await store.set('old', 'gone', { ttlMs: 10 });
  await store.set('kept', 'x');
  now = 5_000;
  await store.set('new', 'x');
  const other = new DatabaseSync(path, { readOnly: true });
  expect(
    other
      .prepare('SELECT key FROM entries ORDER BY key')
      .all()
      .map(({ key }) => key),
  ).toEqual(['kept', 'new']);
  other.close();
  await store.close();
});

test('while another program holds the file, the event loop goes on, and the call is made afterwards', async () => {
  const path = join(scratchFolder(), 'state.db');
  const store = await openSqliteDriver({ path });
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  let ticks = 0;
  const ticking = setInterval(() => ++ticks, 10);
  const write = store.set('a', 'one');
  await new Promise(resolve => setTimeout(resolve, 200));
  expect(ticks).toBeGreaterThan(4);
  expect(await store.get('a')).toBeUndefined();
  other.exec('COMMIT');
  expect(await write).toBeGreaterThan(0);
  clearInterval(ticking);
  other.close();
  await store.close();
});

test('a file that stays locked is told, with the time it was waited for', async () => {
  const path = join(scratchFolder(), 'state.db');
  const store = await openSqliteDriver({ path, waitMs: 60 });
  const other = new DatabaseSync(path);
  other.exec('BEGIN EXCLUSIVE');
  await expect(store.set('a', 'one')).rejects.toMatchObject({
    code: 'QH_STATE_BUSY',
    message: `Another program holds ${path}: no access within 0.06 s`,
  });
  other.exec('ROLLBACK');
  other.close();
  expect(await store.set('a', 'one')).toBeGreaterThan(0);
  await store.close();
});

test('a damaged file and one that is no database are told', async () => {
  const folder = scratchFolder();
  const none = join(folder, 'none.db');
  writeFileSync(none, 'not a database, but long enough to look at '.repeat(100));
  await expect(openSqliteDriver({ path: none })).rejects.toMatchObject({
    code: 'QH_STATE_CORRUPT',
    message: expect.stringContaining(`${none} is damaged or no database`),
    hint: expect.stringContaining('Delete it'),
  });
  const path = join(folder, 'damaged.db');
  const store = await openSqliteDriver({ path });
  for (let index = 0; index < 200; index++) await store.set(`key/${index}`, 'x'.repeat(500));
  await store.close();
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.fill(0xee, 4_096));
  await expect(
    openSqliteDriver({ path }).then(async damaged => {
      try {
        return await damaged.list('');
      } finally {
        await damaged.close();
      }
    }),
  ).rejects.toMatchObject({ code: 'QH_STATE_CORRUPT' });
});

test('a full file refuses the write and keeps what it has', async () => {
  const path = join(scratchFolder(), 'state.db');
  const store = await openSqliteDriver({ path, maxBytes: 200_000 });
  const fill = async () => {
    for (let index = 0; index < 100; index++) await store.set(`key/${index}`, 'x'.repeat(10_000));
  };
  await expect(fill()).rejects.toMatchObject({ code: 'QH_STATE_FULL', message: expect.stringContaining('is full') });
  expect((await store.list('key/')).length).toBeGreaterThan(5);
  expect(await store.delete('key/0')).toBe(true);
  expect(await store.set('small', 'x')).toBeGreaterThan(0);
  await store.close();
});

test('a place where no file can be is told', async () => {
  const folder = scratchFolder();
  writeFileSync(join(folder, 'file'), '');
  await expect(openSqliteDriver({ path: join(folder, 'file', 'state.db') })).rejects.toMatchObject({
    code: 'QH_STATE_OPEN',
    hint: expect.stringContaining('QUALITY_HUB_DIR'),
  });
  mkdirSync(join(folder, 'state.db'));
  await expect(openSqliteDriver({ path: join(folder, 'state.db') })).rejects.toMatchObject({ code: 'QH_STATE_OPEN' });
});

test('a Node without SQLite is told', async () => {
  const path = join(scratchFolder(), 'state.db');
  const spy = vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never);
  await expect(openSqliteDriver({ path })).rejects.toMatchObject({ code: 'QH_STATE_UNSUPPORTED' });
  spy.mockRestore();
});

test('anything else that is said keeps its words', () => {
  for (const said of [Object.assign(new Error('disk I/O error'), { errcode: 10 }), new Error('odd'), 'odd']) {
    const error = stateErrorOf('/x/state.db', said, 1);
    expect(isQualityHubError(error)).toBe(true);
    expect(error).toMatchObject({ code: 'QH_STATE', message: expect.stringContaining('/x/state.db cannot be used') });
  }
});

test('an open store does not keep its process alive', async () => {
  const path = join(scratchFolder(), 'state.db');
  const program = `const { openStore } = await import(${JSON.stringify(new URL('../../testing/open-store-child.ts', import.meta.url).href)});
    const store = await openStore(${JSON.stringify(path)});
    await store.set('a', 'one');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' });
  expect((await once(child, 'close'))[0]).toBe(0);
  const store = await openSqliteDriver({ path });
  expect((await store.get('a'))?.value).toBe('one');
  await store.close();
});
