import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { eventStreamContract, type InlineResult, type RunRecord, runInline, runRecord } from '@quality-hub/testkit';

const FILES = {
  'playwright.config.ts': `
    import { defineConfig } from '@playwright/test';
    import { reporters } from '@quality-hub/reporters/config';
    export default defineConfig({ workers: 1, reporter: reporters('list') });
  `,
  'a.spec.ts': `
    import { test } from '@quality-hub/test';
    for (const name of ['one', 'two @smoke', 'three', 'four']) test(name, () => {});
  `,
  'b.spec.ts': `
    import { test, expect } from '@quality-hub/test';
    test('fails', () => { expect(1).toBe(2); });
    test('comes after', () => {});
    test('is flaky', async ({}, info) => { expect(info.retry).toBe(1); });
  `,
};

test.describe.configure({ mode: 'parallel' });

/** One run in the folder of the first; its events keep their contract, and its block tells what its record holds. */
async function runIn(first: InlineResult, ...args: string[]): Promise<{ run: InlineResult; record: RunRecord }> {
  const run = await runInline({}, { dir: first.dir, args });
  expect(eventStreamContract(run.events)).toEqual([]);
  const record = runRecord(run.events);
  const planned = Object.keys(record.tests).length;
  expect(run.stdout).toContain(`Quality Hub  ${planned} test${planned === 1 ? '' : 's'}`);
  return { run, record };
}

const titles = ({ tests }: RunRecord): string[] => Object.keys(tests).map(title => title.split(' › ').at(-1) ?? '');

test('what is chosen on the command line is what is planned', async () => {
  await using first = await runInline(FILES, { args: ['--workers=2'] });
  expect(first.exitCode).toBe(1);

  const grep = await runIn(first, '--grep=@smoke', '--repeat-each=2', '--retries=2');
  expect(Object.keys(grep.record.tests)).toEqual(['a.spec.ts › two @smoke', 'a.spec.ts › two @smoke › (repeat 2)']);

  const failed = await runIn(first, 'b.spec.ts', '-x');
  expect(failed.run.stdout).toContain('3 tests: 1 failed, 2 not run');

  const last = await runIn(first, '--last-failed', '--retries=1');
  expect(titles(last.record)).toEqual(['comes after', 'fails', 'is flaky']);
  expect(last.run.stdout).toContain('3 tests: 1 passed, 1 failed, 1 flaky');

  const strict = await runIn(first, '--grep=flaky', '--retries=1', '--fail-on-flaky-tests');
  expect(strict.run.exitCode).toBe(1);
  expect(strict.record).toMatchObject({ status: 'failed', failOnFlakyTests: true });
  expect(strict.run.stdout).toContain('1 test: 1 flaky');
});

test('lists, changes and seeds choose and order what is planned', async () => {
  await using first = await runInline({ ...FILES, '.gitignore': 'test-results\n.quality-hub\n' }, { args: ['--list'] });
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example', ...args], { cwd: first.dir });
  git('init', '-q');
  git('add', '-A');
  git('commit', '-q', '-m', 'all');

  await using listed = await runInline(
    { 'some.txt': 'a.spec.ts › one\na.spec.ts › three\n', 'c.spec.ts': FILES['a.spec.ts'] },
    { dir: first.dir, args: ['--test-list=some.txt'] },
  );
  expect(titles(runRecord(listed.events))).toEqual(['one', 'three']);

  const changed = await runIn(first, '--only-changed');
  expect(Object.keys(changed.record.tests).map(title => title.split(' › ')[0])).toEqual(Array(4).fill('c.spec.ts'));

  const none = await runIn(first, '--grep=nobody', '--pass-with-no-tests');
  expect(none.run.exitCode).toBe(0);
  expect(none.run.stdout).toContain('Quality Hub  0 tests');

  const seeded = await runIn(first, '--shuffle=4711', 'a.spec.ts', 'c.spec.ts');
  expect(seeded.record.shuffleSeed).toBe('4711');
  const drawn = await runIn(first, 'a.spec.ts', '--shuffle');
  expect(drawn.record.shuffleSeed).toMatch(/^\d+$/);
  expect(drawn.run.stdout).toContain(`shuffle seed ${drawn.record.shuffleSeed}`);
});

test('retries in isolation, and steps in boxes, are recorded as they run', async () => {
  const config = FILES['playwright.config.ts'].replace(
    'workers: 1',
    "workers: 2, retries: 1, retryStrategy: 'isolated'",
  );
  await using run = await runInline({
    ...FILES,
    'playwright.config.ts': config,
    'c.spec.ts': `
      import { test, expect } from '@quality-hub/test';
      async function helper() {
        await test.step('boxed', async () => { await test.step('inner', () => { expect(1).toBe(2); }); }, { box: true });
      }
      test('calls', async () => {
        await helper();
      });
    `,
  });
  const { tests } = runRecord(run.events);
  expect(run.stdout).toContain('8 tests: 5 passed, 2 failed, 1 flaky');
  // The retries come when all first attempts have ended, each alone in its worker.
  const attempts = Object.values(tests).flatMap(one => one.attempts);
  const ends = (retry: number) => attempts.filter(one => one.retry === retry).map(one => Date.parse(one.startedAt));
  expect(Math.min(...ends(1))).toBeGreaterThanOrEqual(Math.max(...ends(0)));
  const steps = tests['c.spec.ts › calls']?.attempts[0]?.steps ?? [];
  const boxed = steps.find(({ title }) => title === 'boxed');
  expect(steps.find(({ title }) => title === 'inner')?.parent).toBe(boxed?.id);
  expect(tests['c.spec.ts › calls']?.attempts[0]?.errors?.[0]?.location).toMatchObject({ file: 'c.spec.ts', line: 7 });
});

test('a reporter that is added on the command line records under the run id of its environment, shard by shard', async () => {
  const config =
    "import { defineConfig } from '@playwright/test';\nexport default defineConfig({ fullyParallel: true });\n";
  const files = { ...FILES, 'playwright.config.ts': config };
  const env = { QUALITY_HUB_RUN_ID: 'nightly' };
  const args = ['--add-reporter=@quality-hub/reporters', 'a.spec.ts'];
  await using one = await runInline(files, { args: [...args, '--shard=1/2'], env });
  expect((await one.report('nightly')).run).toMatchObject({ state: 'running', shards: 2 });
  await runInline({}, { dir: one.dir, args: [...args, '--shard=2/2'], env });
  const report = await one.report('nightly');
  expect(report.run).toMatchObject({ state: 'finished', status: 'passed', shards: 2 });
  expect(report.counts).toMatchObject({ planned: 4, passed: 4 });
  rmSync(join(one.dir, 'test-results'), { recursive: true, force: true });
});
