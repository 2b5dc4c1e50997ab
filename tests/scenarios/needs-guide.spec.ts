import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { runInline } from '@quality-hub/testkit';

test.describe.configure({ timeout: 240_000 });

const [spec = '', config = ''] = [...readFileSync('docs/needs.md', 'utf8').matchAll(/```ts\n([^]*?)```/g)].map(
  ([, code]) => code ?? '',
);
const OURS = `reporter: [['@quality-hub/reporters']], workers: 1,\n  projects`;

test('the example of the guide runs, and is blocked where what it needs has failed', async () => {
  await using well = await runInline({ 'a.spec.ts': spec }, { args: ['--workers=1'] });
  expect(well.output).toContain('4 passed');
  await using down = await runInline({ 'a.spec.ts': spec.replace('toBe(2)', 'toBe(3)') }, { args: ['--workers=1'] });
  expect((await down.report()).counts).toMatchObject({ planned: 4, failed: 1, blocked: 3 });
});

test('the projects of the guide run in their order', async () => {
  const importing = `import { expect, needs, test } from '@quality-hub/test';\n`;
  await using run = await runInline({
    'playwright.config.ts': config.replace('projects', OURS),
    'sign-in.spec.ts': `${importing} test('signs in', { tag: '@sign-in' }, () => { expect(1).toBe(1); });`,
    'shop.spec.ts': `${importing} test('buys', needs({ tag: '@sign-in' }), () => {});`,
  });
  expect(run.output).toContain('2 passed');
});
