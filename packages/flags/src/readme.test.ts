import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import * as errors from './errors.ts';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

test('the example runs', async () => {
  const [, code = ''] = /```ts\n([^]*?)```/.exec(README) ?? [];
  const [, flags = ''] = /```yaml\n([^]*?)```/.exec(README) ?? [];
  const cwd = mkdtempSync(join(tmpdir(), 'qh-flags-'));
  try {
    writeFileSync(join(cwd, 'flags.yaml'), flags);
    writeFileSync(join(cwd, 'example.ts'), code);
    symlinkSync(fileURLToPath(new URL('../../../node_modules', import.meta.url)), join(cwd, 'node_modules'));
    const { stdout } = await promisify(execFile)(process.execPath, ['example.ts'], { cwd });
    expect(stdout).toMatch(
      /^newCheckout=on \(OVERRIDE\)\nbutton=(?:red|blue) \(SPLIT\)\nlimit=low \(DEFAULT\)\ntrue (?:red|blue) 10\n$/,
    );
  } finally {
    rmSync(cwd, { recursive: true });
  }
});

test('the table of errors has every one', () => {
  const made = Object.values(errors).flatMap(one => /QH_\w+/.exec(String(one)) ?? []);
  const told = [...README.matchAll(/^\| `(QH_\w+)`/gm)].map(([, code]) => code);
  expect(told.toSorted()).toEqual([...made, 'QH_OPTION'].map(String).toSorted());
});
