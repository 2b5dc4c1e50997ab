import { execFile } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { DataMemoryError } from '../large/collect-within.ts';
import { PagesError } from '../large/pages.ts';
import { SpillClosedError } from '../large/spill.ts';
import { scratchFolder } from '../testing/scratch-folder.ts';
import { DataVersionError } from '../versions/migrations.ts';

const README = readFileSync(new URL('README.md', import.meta.url), 'utf8');

test('the example runs', async () => {
  const [, code = ''] = /```ts\n([^]*?)```/.exec(README) ?? [];
  const cwd = scratchFolder();
  writeFileSync(join(cwd, 'example.ts'), code);
  symlinkSync(fileURLToPath(new URL('../../../../node_modules', import.meta.url)), join(cwd, 'node_modules'));
  const { stdout } = await promisify(execFile)(process.execPath, ['example.ts'], { cwd });
  expect(stdout).toBe(
    "[ { email: 'ann@shop.example' }, { email: 'bo@shop.example' } ]\nann@shop.example\nbo@shop.example\n",
  );
});

test('the table of errors has every one', () => {
  const codes = readFileSync(new URL('dataset-errors.ts', import.meta.url), 'utf8').match(/'QH_\w+'/g) ?? [];
  const classes = [DataMemoryError, PagesError, SpillClosedError, DataVersionError];
  const made = [...codes.map(code => code.slice(1, -1)), ...classes.flatMap(one => /QH_\w+/.exec(String(one)) ?? [])];
  const told = [...README.matchAll(/^\| `(QH_\w+)`/gm)].map(([, code]) => code);
  expect(told.toSorted()).toEqual([...new Set([...made, 'QH_OPTION'].map(String))].toSorted());
});
