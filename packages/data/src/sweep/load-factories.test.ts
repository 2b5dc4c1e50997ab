import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../testing/scratch-folder.ts';
import { loadFactories } from './load-factories.ts';

test('modules are loaded, and those that cannot be are named with their reasons', async () => {
  const folder = scratchFolder();
  writeFileSync(join(folder, 'good.mjs'), 'globalThis.loadedForTest = (globalThis.loadedForTest ?? 0) + 1;');
  writeFileSync(join(folder, 'throws.mjs'), "throw new Error('no such factory');");
  writeFileSync(join(folder, 'odd.mjs'), "throw 'odd';");
  expect(await loadFactories(['./good.mjs'], folder)).toBeUndefined();
  const error = await loadFactories(['./missing.ts', 'throws.mjs', 'odd.mjs', join(folder, 'good.mjs')], folder);
  expect(error).toMatchObject({
    code: 'QH_DATA_FACTORIES',
    problems: [
      `there is no ${join(folder, 'missing.ts')}`,
      `${join(folder, 'throws.mjs')}: no such factory`,
      `${join(folder, 'odd.mjs')}: odd`,
    ],
    hint: expect.stringContaining('extension'),
  });
  expect((globalThis as { loadedForTest?: number }).loadedForTest).toBe(1);
});
