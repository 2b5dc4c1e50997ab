import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createMask } from '@quality-hub/telemetry';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readZip, temporaryFolder, writeZip } from '../testing/zips.ts';
import { maskArchiveAtOnce } from './mask-archive.ts';
import { maskFile } from './mask-file.ts';

const SECRET = 'swordfish-4711';
const mask = createMask({ values: [SECRET] });

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

test('at once: a trace is masked, and what would take too long is left as it is', () => {
  const path = writeZip(folder.at('trace.zip'), { 'trace.trace': `{"v":"${SECRET}"}`, 'a.txt': 'clean' });
  expect(maskArchiveAtOnce(path, { mask })).toEqual({ members: 2, changed: 1 });
  expect(String(readZip(path)['trace.trace'])).toBe('{"v":"[masked]"}');
  expect(maskArchiveAtOnce(path, { mask })).toEqual({ members: 2, changed: 0 });

  const large = writeZip(folder.at('large.zip'), { 'a.txt': SECRET + ' '.repeat(8 * 1024 * 1024) });
  const nested = writeZip(folder.at('nested.zip'), { 'a.zip': readFileSync(large), 'b.txt': SECRET });
  for (const left of [large, nested]) {
    const before = readFileSync(left);
    expect(maskArchiveAtOnce(left, { mask })).toBeUndefined();
    expect(readFileSync(left).equals(before)).toBe(true);
  }
});

test('where it is stopped, or cannot be written, the archive is as it was and nothing lies beside it', async () => {
  const path = writeZip(folder.at('t.zip'), { a: SECRET, b: SECRET, 'c.txt': `${SECRET} ${'x'.repeat(9_000_000)}` });
  const before = readFileSync(path);
  for (let stopAt = 1; stopAt <= 6; stopAt++) {
    let asked = 0;
    const checkpoint = (): void => {
      if (++asked === stopAt) throw new Error('stop');
    };
    await expect(maskFile(path, { mask, checkpoint })).rejects.toThrow('stop');
    if (stopAt < 3)
      expect(() =>
        maskArchiveAtOnce(writeZip(folder.at('s.zip'), { a: SECRET, b: SECRET }), {
          mask,
          checkpoint: () => {
            throw new Error('stop');
          },
        }),
      ).toThrow('stop');
    rmSync(folder.at('s.zip'), { force: true });
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(readdirSync(folder.path)).toEqual(['t.zip']);
  }
  mkdirSync(`${path}.${process.pid}.masked`);
  await expect(maskFile(path, { mask })).rejects.toThrow(/EEXIST/);
  expect(readFileSync(path).equals(before)).toBe(true);
});

test('large members that name others learn the new names, wherever the name is cut', async () => {
  const digest = 'a1b2c3d4e5'.repeat(4);
  const piece = 1024 * 1024;
  const text = Buffer.alloc(9 * piece, 'x\n');
  // Over the end of a piece, twice, and as part of a longer run, which is another name.
  for (const at of [piece - 20, 3 * piece - 41, 5 * piece]) text.write(digest, at);
  text.write('f', 5 * piece + 40);
  const path = writeZip(folder.at('t.zip'), { [`resources/${digest}.txt`]: SECRET, 'trace.trace': text });
  expect(await maskFile(path, { mask })).toBe(true);
  const members = readZip(path);
  const [name = ''] = Object.keys(members).filter(each => each.endsWith('.txt'));
  const next = /[0-9a-f]{40}/.exec(name)?.[0] ?? '';
  const trace = members['trace.trace']?.toString('latin1') ?? '';
  expect([trace.split(next).length - 1, trace.split(digest).length - 1]).toEqual([2, 1]);
  expect(trace).toHaveLength(text.length);
});
