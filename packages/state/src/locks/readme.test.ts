import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import * as errors from './errors.ts';

const README = readFileSync(new URL('./README.md', import.meta.url), 'utf8');
/** The example finds this package by its name from inside of it alone. */
const SCRATCH = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url));

test('the example runs', async () => {
  const [, code = ''] = /```ts\n([^]*?)```/.exec(README) ?? [];
  mkdirSync(SCRATCH, { recursive: true });
  const cwd = mkdtempSync(join(SCRATCH, 'readme-'));
  try {
    const source = new URL('../', import.meta.url).href;
    const here = code
      .replace('@quality-hub/state/sharing', `${source}sharing.ts`)
      .replace('@quality-hub/state/sqlite', `${source}drivers/sqlite.ts`);
    writeFileSync(join(cwd, 'example.ts'), here);
    writeFileSync(join(cwd, 'package.json'), '{ "type": "module" }');
    mkdirSync(join(cwd, '.quality-hub'));
    // Types are not stripped below node_modules.
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module-typescript', '-e', here], {
      cwd,
    });
    expect(stdout).toMatch(/^\d+\n\{ index: 'products-7' \}\nc1\n$/);
  } finally {
    rmSync(cwd, { recursive: true });
  }
});

test('the table of errors has every one', () => {
  const made = Object.values(errors).flatMap(one => /QH_\w+/.exec(String(one)) ?? []);
  const told = [...README.matchAll(/^\| `(QH_\w+)`/gm)].map(([, code]) => code);
  expect(told.toSorted()).toEqual([...new Set([...made, 'QH_OPTION'].map(String))].toSorted());
});
