import { expect, test } from '@playwright/test';
import { runInline } from '@quality-hub/testkit';

test('fixtures are merged, extended and renamed with those of others', async () => {
  await using run = await runInline({
    'fixtures.ts': `
      import { test as theirs, mergeTests } from '@playwright/test';
      import { test as ours, expect } from '@quality-hub/test';
      const named = theirs.extend<{ hub: string; clerk: string }>({ hub: 'their own hub', clerk: 'Ann' });
      const renamed = ours.extend<{ quality: string }>({ quality: async ({ hub }, use) => use(hub.namespace) });
      export const test = mergeTests(renamed, named);
      export { expect };
    `,
    'a.spec.ts': `
      import { test, expect } from './fixtures';
      test('both are there', async ({ hub, clerk, quality }) => {
        expect(hub).toBe('their own hub');
        expect(clerk).toBe('Ann');
      });
      test('ours is intact under its new name', async ({ request, clerk }) => {
        await request.get('http://127.0.0.1:9/refused').catch(() => undefined);
        expect(clerk).toBe('Bob');
      });
    `,
  });
  expect(run.output).toContain('1 passed');
  const report = await run.report();
  expect(report.failures).toHaveLength(1);
  const evidence = run.events.flatMap(event => (event.kind === 'evidence' ? event.records : []));
  expect(evidence.map(record => record.evidence)).toContainEqual(
    expect.objectContaining({ kind: 'traffic', url: 'http://127.0.0.1:9/refused' }),
  );
});

test('retries, serial groups, skips and expected failures are counted as Playwright counts them', async () => {
  await using run = await runInline(
    {
      'a.spec.ts': `
      import { test, expect } from '@quality-hub/test';
      test('passes', () => {});
      test.skip('skipped', () => {});
      test.fixme('fixme', () => {});
      test.fail('fails as expected', () => { expect(1).toBe(2); });
      test('flaky', async ({}, info) => { expect(info.retry).toBe(1); });
      test('soft', () => { expect.soft(1).toBe(2); expect.soft(3).toBe(4); });
      test.describe.serial('group', () => {
        test('first', () => { expect(1).toBe(2); });
        test('second', () => {});
      });
    `,
    },
    {
      args: ['--retries=1', '--reporter=json,@quality-hub/reporters'],
      env: { PLAYWRIGHT_JSON_OUTPUT_NAME: 'out.json' },
    },
  );
  const { stats } = run.json<{ stats: Record<string, number> }>('out.json');
  const { counts } = await run.report();
  expect(counts).toMatchObject({
    planned: 8,
    passed: stats.expected,
    failed: stats.unexpected,
    flaky: stats.flaky,
    notRun: 1,
    lost: 0,
  });
  expect(counts.skipped + counts.notRun).toBe(stats.skipped);
  expect(counts.finished + counts.notRun + counts.lost).toBe(counts.planned);
});

test('tests that two files declare by one function are told apart', async () => {
  const spec = "import { declare } from './declare';\ndeclare();\n";
  await using run = await runInline({
    'declare.ts': `
      import { test } from '@quality-hub/test';
      export function declare() {
        test('shared', ({ hub }) => hub.evidence('seen'));
      }
    `,
    'a.spec.ts': spec,
    'b.spec.ts': spec,
  });
  const report = await run.report();
  expect(report.counts).toMatchObject({ planned: 2, passed: 2 });
  const planned = run.events.flatMap(event => (event.kind === 'test.planned' ? event.tests : []));
  expect(planned.map(({ identity }) => identity.file)).toEqual(['a.spec.ts', 'b.spec.ts']);
  // The worker comes to the same names.
  const seen = await run.rows('SELECT identities.test FROM evidence JOIN identities ON identities.id = evidence.test');
  expect(new Set(seen.map(({ test: key }) => key))).toEqual(new Set(planned.map(({ test: key }) => key)));
});
