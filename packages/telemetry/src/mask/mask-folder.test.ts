import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMask } from './mask.ts';
import { maskFolder } from './mask-folder.ts';

const SECRET = 'swordfish-4711';
const mask = createMask({ values: [SECRET] });
const PNG = Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0]), Buffer.from(SECRET), Buffer.from([0xff])]);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qh-mask-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('text files are masked, whatever they are called, and nothing else is changed', () => {
  mkdirSync(join(folder, 'a-test', '.playwright-artifacts-0'), { recursive: true });
  writeFileSync(join(folder, 'a-test', 'error-context.md'), `# Page\n- textbox: ${SECRET} ä\n`);
  writeFileSync(join(folder, 'a-test', '.playwright-artifacts-0', 'x.network'), `{"v":"${SECRET}"}\n`, { mode: 0o640 });
  writeFileSync(join(folder, 'a-test', 'clean.txt'), 'nothing here');
  writeFileSync(join(folder, 'shot.png'), PNG);
  const latin1 = Buffer.from(`caf\xe9 ${SECRET}`, 'latin1');
  writeFileSync(join(folder, 'latin1.log'), latin1);
  writeFileSync(join(folder, 'empty'), '');

  expect(maskFolder(folder, mask)).toEqual({
    changed: [join('a-test', '.playwright-artifacts-0', 'x.network'), join('a-test', 'error-context.md')],
    unread: ['latin1.log', 'shot.png'],
    failed: [],
  });
  expect(readFileSync(join(folder, 'a-test', 'error-context.md'), 'utf8')).toBe('# Page\n- textbox: [masked] ä\n');
  expect(statSync(join(folder, 'a-test', '.playwright-artifacts-0', 'x.network')).mode & 0o777).toBe(0o640);
  expect([readFileSync(join(folder, 'shot.png')), readFileSync(join(folder, 'latin1.log'))]).toEqual([PNG, latin1]);
  expect(readdirSync(folder, { recursive: true }).filter(name => String(name).endsWith('.masked'))).toEqual([]);
  expect(maskFolder(folder, mask).changed).toEqual([]);
});

test('links are not followed', () => {
  const outside = mkdtempSync(join(tmpdir(), 'qh-outside-'));
  writeFileSync(join(outside, 'source.txt'), SECRET);
  symlinkSync(outside, join(folder, 'linked-folder'));
  symlinkSync(join(outside, 'source.txt'), join(folder, 'linked.txt'));
  expect(maskFolder(folder, mask)).toEqual({ changed: [], unread: [], failed: [] });
  expect(readFileSync(join(outside, 'source.txt'), 'utf8')).toBe(SECRET);
  rmSync(outside, { recursive: true });
});

test('a text of more than 64 MiB is told, not loaded', () => {
  writeFileSync(join(folder, 'huge.log'), Buffer.alloc(64 * 1024 * 1024 + 1, 'x'));
  expect(maskFolder(folder, mask)).toEqual({ changed: [], unread: ['huge.log'], failed: [] });
});

test('a folder that is not there is told', () => {
  const { failed } = maskFolder(join(folder, 'missing'), mask);
  expect(failed).toEqual([{ path: '.', reason: expect.stringContaining('ENOENT') }]);
});

test('a file that cannot be replaced is told and stays as it is, and the others are masked', () => {
  writeFileSync(join(folder, 'a.txt'), SECRET);
  writeFileSync(join(folder, 'b.txt'), SECRET);
  mkdirSync(join(folder, `a.txt.${process.pid}.masked`));
  const { changed, failed } = maskFolder(folder, mask);
  expect(changed).toEqual(['b.txt']);
  expect(failed).toEqual([{ path: 'a.txt', reason: expect.stringContaining('EISDIR') }]);
  expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toBe(SECRET);
});
