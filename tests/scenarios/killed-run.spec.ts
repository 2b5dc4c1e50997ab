import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { runInline } from '@quality-hub/testkit';

const FILES = {
  'a.spec.ts': `
    import { test, expect } from '@quality-hub/test';
    test.describe.configure({ mode: 'default' });
    test('one', () => {});
    test('two', () => { expect(1).toBe(2); });
    test('three', async () => { console.log(['three', 'runs'].join(' ')); await new Promise(() => {}); });
    test('four', () => {});
  `,
};
const CLI = join(process.cwd(), 'packages', 'cli', 'bin', 'quality-hub.mjs');

for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const) {
  test(`after ${signal} every planned test is accounted for`, async () => {
    await using run = await runInline(FILES, { args: ['--workers=1'], signal: { after: /three runs/, send: signal } });
    const { run: facts, counts, failures } = await run.report();
    expect(counts).toMatchObject({ planned: 4, passed: 1, notRun: 1 });
    expect(counts.finished + counts.notRun + counts.lost).toBe(4);
    expect(failures.map(failure => failure.identity.title)).toContain('a.spec.ts › two');
    expect(facts.state).toBe(signal === 'SIGINT' ? 'interrupted' : 'lost');
    // Ctrl+C lets the runner say that it stopped the test; a runner that dies says nothing.
    expect(counts).toMatchObject(signal === 'SIGINT' ? { interrupted: 1, lost: 0 } : { interrupted: 0, lost: 1 });
    const lost = failures.find(({ outcome }) => outcome === 'lost');
    if (signal === 'SIGINT') expect(lost).toBeUndefined();
    else expect(lost).toMatchObject({ identity: { titlePath: ['three'] }, reasons: [expect.any(String)] });
  });
}

test('show tells of a killed run what finished and what was lost', async () => {
  await using run = await runInline(FILES, { args: ['--workers=1'], signal: { after: /three runs/, send: 'SIGKILL' } });
  const text = execFileSync(process.execPath, [CLI, 'show'], { cwd: run.dir, encoding: 'utf8' });
  expect(text).toContain('1 lost');
  expect(text).toContain('three');
});

test('a worker that is killed is the resource failure of the test it ran', async () => {
  await using run = await runInline({
    'a.spec.ts': `
      import { test } from '@quality-hub/test';
      test('before', () => {});
      test('dies', async ({ hub }) => { hub.evidence('last words'); process.kill(process.pid, 'SIGKILL'); await new Promise(() => {}); });
      test('after', () => {});
    `,
  });
  const { counts, failures } = await run.report();
  expect(counts).toMatchObject({ planned: 3, finished: 3, passed: 2, failed: 1 });
  expect(failures[0]).toMatchObject({ verdict: 'resource', outcome: 'failed' });
  const rows = await run.rows("SELECT count(*) AS n FROM evidence WHERE records LIKE '%last words%'");
  expect(rows[0]?.n).toBe(1);
});
