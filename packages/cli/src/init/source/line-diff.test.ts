import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { applyEdits, type Edit } from './edit.ts';
import { lineDiff } from './line-diff.ts';

const dir = mkdtempSync(join(tmpdir(), 'qh-diff-'));
afterAll(() => rmSync(dir, { recursive: true }));

/** What git makes of the diff. */
function patched(before: string, edits: readonly Edit[]): string {
  writeFileSync(join(dir, 'a.txt'), before);
  const input = lineDiff('a.txt', before, edits)
    .map(line => `${line}\n`)
    .join('');
  execFileSync('git', ['apply', '--unidiff-zero', '--whitespace=nowarn', '-'], { cwd: dir, input });
  return readFileSync(join(dir, 'a.txt'), 'utf8');
}

test('only lines that change are shown, with three around them', () => {
  const before = 'one\ntwo\nthree\nfour\nfive\nsix\n';
  const edits = [{ start: before.indexOf('five'), end: before.indexOf('five') + 4, text: '5' }];
  expect(lineDiff('a/b.ts', before, edits)).toEqual([
    '--- a/a/b.ts',
    '+++ b/a/b.ts',
    '@@ -2,5 +2,5 @@',
    ' two',
    ' three',
    ' four',
    '-five',
    '+5',
    ' six',
  ]);
});

test('a file that is new is added to nothing', () => {
  expect(lineDiff('.gitignore', undefined, [{ start: 0, end: 0, text: 'a\n' }])).toEqual([
    '--- /dev/null',
    '+++ b/.gitignore',
    '@@ -0,0 +1,1 @@',
    '+a',
  ]);
});

test('git applies every diff to the bytes that will be written', () => {
  let state = 20261121;
  const chance = (below: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % below;
  };
  for (let round = 0; round < 60; round++) {
    const eol = round % 3 === 0 ? '\r\n' : '\n';
    const lines = Array.from({ length: 1 + chance(40) }, (_, index) => `line ${index} ${'x'.repeat(chance(5))}`);
    const before = lines.join(eol) + (round % 4 === 0 ? '' : eol);
    const edits: Edit[] = [];
    for (let at = chance(9); at < before.length; at += 1 + chance(90)) {
      const end = Math.min(before.length, at + chance(14));
      edits.push({ start: at, end, text: ['', 'new', `${eol}added${eol}`, 'a\nb'][chance(4)] ?? '' });
      at = end;
    }
    const after = applyEdits(before, edits);
    if (after !== before) expect(patched(before, edits), `round ${round}`).toBe(after);
  }
});
