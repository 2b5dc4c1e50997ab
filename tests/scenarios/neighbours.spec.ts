import { expect, test } from '@playwright/test';
import { eventStreamContract, runInline } from '@quality-hub/testkit';

const SPEC = `
import { test, expect } from '@quality-hub/test';
test('passes', () => {});
test('fails with the password hidden', async ({ hub }) => {
  hub.evidence('seen');
  console.log(process.env.SHOP_PASSWORD);
  expect('a ' + process.env.SHOP_PASSWORD).toBe('b');
});
`;
const PASSWORD = 'swordfish-4711';
const NEIGHBOURS = ['list', 'line', 'dot', 'html', 'json', 'junit', 'blob', 'github', 'null'];

const config = (reporters: string[]): string => `
import { defineConfig } from '@playwright/test';
const options = { html: { open: 'never' }, json: { outputFile: 'out.json' }, junit: { outputFile: 'out.xml' } };
export default defineConfig({ workers: 1, reporter: ${JSON.stringify(reporters)}.map(name => [name, options[name] ?? {}]) });
`;

test.describe.configure({ mode: 'parallel' });

for (const neighbour of NEIGHBOURS) {
  for (const order of ['in front of', 'behind'] as const) {
    test(`works ${order} ${neighbour}, which sees no secret`, async () => {
      const ours = '@quality-hub/reporters';
      const reporters = order === 'behind' ? [neighbour, ours] : [ours, neighbour];
      const files = { 'playwright.config.ts': config(reporters), 'a.spec.ts': SPEC };
      await using run = await runInline(files, { env: { SHOP_PASSWORD: PASSWORD } });

      expect(run.exitCode).toBe(1);
      expect(eventStreamContract(run.events)).toEqual([]);
      expect(run.output).toContain('2 tests: 1 passed, 1 failed');
      expect(run.output).toMatch(/(\d+) of \1 events kept/);
      expect(run.output).not.toContain(PASSWORD);
      const report = await run.report();
      expect(report.counts).toMatchObject({ planned: 2, finished: 2, passed: 1, failed: 1, notRun: 0, lost: 0 });
      expect(JSON.stringify(report)).not.toContain(PASSWORD);
      if (neighbour === 'json') expect(run.file('out.json')).not.toContain(PASSWORD);
      if (neighbour === 'junit') expect(run.file('out.xml')).not.toContain(PASSWORD);
    });
  }
}
