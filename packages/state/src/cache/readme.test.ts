import { execFile } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { scratchFolder } from '../testing/scratch-folder.ts';

test('the example runs', async () => {
  const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');
  const [, code = ''] = /```ts\n([^]*?)```/.exec(readme) ?? [];
  const cwd = scratchFolder();
  writeFileSync(join(cwd, 'example.ts'), code);
  symlinkSync(fileURLToPath(new URL('../../../../node_modules', import.meta.url)), join(cwd, 'node_modules'));
  const { stdout } = await promisify(execFile)(process.execPath, ['example.ts'], { cwd });
  expect(stdout).toBe("true [ 'A-1', 'A-2' ] 1\n");
});
