/** A secret that is printed before anybody has read it: when the run is over, its record does not hold it either. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { runInline } from '@quality-hub/testkit';
import { findValues } from '../leaks/find-values.ts';

const KEY = 'Zx9-kQ2_pL7vTt';

const files = (reporter: string) => ({
  '.env.kept': `KEY=${KEY}\n`,
  'quality-hub.config.ts': `import { defineHub } from '@quality-hub/test/config';
    export default defineHub({
      secrets: { stores: { kept: { kind: 'environment', files: ['.env.kept'] } }, refs: { key: 'kept:KEY' } },
    });`,
  'playwright.config.ts': `import { defineConfig } from '@playwright/test';
    import { reporters } from '@quality-hub/reporters/config';
    export default defineConfig({ retries: 1, workers: 1, reporter: ${reporter} });`,
  'pays.spec.ts': `import { readFileSync } from 'node:fs';
    import { expect, test } from '@quality-hub/test';
    const early = readFileSync('.env.kept', 'utf8').trim().slice(4);
    test('prints it early', async ({ hub }) => {
      console.log('the key is', early, Buffer.from(early).toString('base64'));
      hub.evidence('key', { early, [early]: 1 });
      await test.step('step ' + early, async () => {});
      expect('got ' + early).toBe('something else');
    });
    test('reads it late', async ({ secrets }) => {
      // The hub has stored by now what the first test has told.
      await new Promise(resolve => setTimeout(resolve, 1_500));
      expect((await secrets.get('key')).reveal()).toHaveLength(14);
    });`,
});

for (const [name, reporter] of [
  ['with a seal', `reporters([['line']])`],
  ['without a seal', `[['@quality-hub/reporters'], ['line']]`],
  ['without a database', `reporters([['line']], { hub: 'off' })`],
] as const) {
  test(`${name}, no byte of the record holds what was printed before it was known`, async () => {
    await using run = await runInline(files(reporter), { timeoutMs: 120_000 });
    expect(run.exitCode).toBe(1);
    expect(run.output).toContain('1 passed');
    const folder = join(run.dir, '.quality-hub');
    const spools = readdirSync(join(folder, 'spool'), { recursive: true, encoding: 'utf8' });
    const text = spools
      .filter(path => path.endsWith('.ndjson'))
      .map(path => readFileSync(join(folder, 'spool', path), 'utf8'))
      .join('');
    for (const masked of ['the key is [masked] [masked]', 'step [masked]']) expect(text.includes(masked)).toBe(true);
    expect(findValues(folder, [KEY])).toEqual([]);
  });
}
