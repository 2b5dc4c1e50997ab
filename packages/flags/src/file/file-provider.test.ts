import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FlagFileError } from '../errors.ts';
import { createFileProvider, type FileProvider } from './file-provider.ts';

let folder: string;
let path: string;
let now: number;
let told: FlagFileError[];
let provider: FileProvider;

const START = Date.parse('2026-11-22T10:00:00Z');

/** Writes the file as somebody would at `now`. */
function edit(text: string): void {
  writeFileSync(path, text);
  utimesSync(path, now / 1000, now / 1000);
}

const isOn = async (): Promise<boolean> => (await provider.resolveBooleanEvaluation('a', false, {})).value;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qh-flags-'));
  path = join(folder, 'flags.yaml');
  now = START;
  told = [];
  provider = createFileProvider({ path, now: () => now, onBrokenEdit: error => told.push(error) });
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a file is read again after an edit, when it has settled, and not more often than it may be looked at', async () => {
  edit('flags: { a: { default: off } }');
  expect(await isOn()).toBe(false);
  now += 5_000;
  edit('flags: { a: { default: on } }');
  now += 50;
  expect(await isOn()).toBe(false);
  now += 100;
  // It was looked at 100 ms ago.
  expect(await isOn()).toBe(false);
  expect((await (await provider.snapshot()).resolveBooleanEvaluation('a', false, {})).value).toBe(true);
  expect(await isOn()).toBe(true);
  expect([...provider.known.keys()]).toEqual(['a']);
});

test('a snapshot does not change', async () => {
  edit('flags: { a: { default: off } }');
  const before = await provider.snapshot();
  now += 5_000;
  edit('flags: { a: { default: on } }');
  now += 5_000;
  expect((await (await provider.snapshot()).resolveBooleanEvaluation('a', false, {})).value).toBe(true);
  expect((await before.resolveBooleanEvaluation('a', true, {})).value).toBe(false);
});

test('an edit that is wrong keeps the flags as they were, and is told once', async () => {
  edit('flags: { a: { default: on } }');
  expect(await isOn()).toBe(true);
  for (const wrong of ['flags: { a: { default: onn } }', 'flags: { a: {']) {
    now += 5_000;
    edit(wrong);
    now += 5_000;
    for (let times = 0; times < 3; times++) {
      expect(await isOn()).toBe(true);
      now += 5_000;
    }
  }
  expect(told.map(({ problems }) => problems)).toEqual([
    ['flags.a.default is "onn", which is no variant; did you mean on?'],
    [expect.stringContaining('at line 1')],
  ]);
  rmSync(path);
  expect([await isOn(), told.at(-1)?.problems]).toEqual([true, ['it does not exist']]);
  now += 5_000;
  expect([await isOn(), told.length]).toEqual([true, 3]);
  edit('flags: { a: { default: off } }');
  now += 5_000;
  expect([await isOn(), told.length]).toEqual([false, 3]);
});

test('a file that was never right fails, with everything that is wrong', async () => {
  await expect(provider.initialize()).rejects.toMatchObject({ code: 'QH_FLAG_FILE', problems: ['it does not exist'] });
  edit('flags: { a: { default: on }, a: { default: off } }');
  await expect(isOn()).rejects.toMatchObject({ problems: [expect.stringContaining('Map keys must be unique')] });
  edit('flags: { a: {}, b: 1 }');
  await expect(isOn()).rejects.toThrow(/flags\.yaml has 2 problems:\n- flags\.a has neither .*\n- flags\.b is 1/);
  // What was wrong is not remembered: the next test may find it right.
  edit('flags: { a: { default: on } }');
  expect(await isOn()).toBe(true);
});

test('JSON is read as well, and a rule on versions loads what it needs', async () => {
  path = join(folder, 'flags.json');
  edit(
    JSON.stringify({ flags: { a: { default: 'off', rules: [{ when: { app: { semver: '>=2' } }, variant: 'on' }] } } }),
  );
  provider = createFileProvider({ path });
  expect((await provider.resolveBooleanEvaluation('a', false, { app: '2.4.0' })).value).toBe(true);
  expect((await provider.resolveNumberEvaluation('a', 7, {})).errorCode).toBe('TYPE_MISMATCH');
  expect((await provider.resolveStringEvaluation('a', 'x', {})).value).toBe('x');
  expect((await provider.resolveObjectEvaluation('a', {}, {})).value).toEqual({});
  await expect(createFileProvider({ path: folder }).initialize()).rejects.toThrow(/cannot be read/);
});
