/** One set-up at a time, whoever dies. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withLock } from './lock.mjs';

const MODULE = fileURLToPath(new URL('./lock.mjs', import.meta.url));
let folder;
let path;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'quality-hub-lock-'));
  path = join(folder, 'deep', 'setup.lock');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('the work of one begins when the work of the other has ended', async () => {
  const order = [];
  const work = name => async () => {
    order.push(`${name} begins`);
    await new Promise(setImmediate);
    order.push(`${name} ends`);
  };
  await Promise.all([withLock(path, work('first')), withLock(path, work('second'))]);
  expect(order).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
  expect(existsSync(path)).toBe(false);
});

test('a failed work gives the lock back', async () => {
  await expect(withLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(existsSync(path)).toBe(false);
});

test('the lock of a killed process is taken over', async () => {
  const code = `import(${JSON.stringify(`file://${MODULE}`)}).then(({ withLock }) => withLock(${JSON.stringify(path)}, () => { console.log('held'); setInterval(() => {}, 1000); return new Promise(() => {}); }))`;
  const owner = spawn(process.execPath, ['--eval', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise(resolve => owner.stdout.once('data', resolve));
  expect(readFileSync(path, 'utf8')).toBe(String(owner.pid));
  const said = [];
  const mine = withLock(path, async () => readFileSync(path, 'utf8'), { say: note => said.push(note) });
  const ended = new Promise(resolve => owner.once('exit', resolve));
  owner.kill('SIGKILL');
  await ended;
  expect(await mine).toBe(String(process.pid));
  expect(said).toEqual([`another set-up is at work (process ${owner.pid}), waiting for it`]);
});

test('a lock that gives no sign of life is taken over, although its number lives on in another process', async () => {
  await withLock(path, async () => {});
  writeFileSync(path, String(process.pid));
  const longAgo = new Date(Date.now() - 120_000);
  utimesSync(path, longAgo, longAgo);
  expect(await withLock(path, async () => 'mine')).toBe('mine');
});
