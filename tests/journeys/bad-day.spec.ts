import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { RunReport } from '@quality-hub/hub';

const ROOT = process.cwd();
const PLAYWRIGHT = createRequire(join(ROOT, 'package.json')).resolve('@playwright/test/cli');
const CLI = join(ROOT, 'packages', 'cli', 'bin', 'quality-hub.mjs');

interface Ended {
  readonly code: number;
  readonly output: string;
}

/** Runs one of our commands as a user does: from the root, without what this run has put into the environment. */
function node(args: readonly string[], extra: NodeJS.ProcessEnv): Promise<Ended> {
  const own = /^(?:PLAYWRIGHT_|PW_|TEST_|E2E_|SHOP_|PAYMENTS_|QUALITY_HUB_)/;
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)));
  const env = { ...inherited, NO_COLOR: '1', FORCE_COLOR: undefined, ...extra };
  return new Promise(resolve => {
    execFile(process.execPath, [...args], { cwd: ROOT, env, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, output: stdout + stderr });
    });
  });
}

test('on the bad day every failure of the shop gets its verdict, from the browser to the command line', async () => {
  const info = test.info();
  const env = { QUALITY_HUB_DIR: info.outputPath('hub') };
  const suite = await node([PLAYWRIGHT, 'test', '--workers=2'], { ...env, SHOP_DAY: 'bad' });
  await info.attach('suite', { body: suite.output, contentType: 'text/plain' });
  expect(suite.code).toBe(1);
  expect(suite.output).toMatch(/(\d+) of \1 events kept/);

  const shown = await node([CLI, 'show', '--json'], env);
  expect(shown.code).toBe(0);
  const { run, counts, verdicts, failures } = JSON.parse(shown.output) as RunReport;
  expect(run.state).toBe('finished');
  expect(counts.finished + counts.notRun + counts.lost).toBe(counts.planned);
  expect(suite.output).toContain(`${counts.planned} tests: ${counts.passed} passed, ${counts.failed} failed`);
  expect(Object.keys(verdicts).sort()).toEqual(['credential', 'environment', 'interference', 'product', 'resource']);
  const verdictOf = (title: string) => failures.find(failure => failure.identity.title.includes(title))?.verdict;
  expect(verdictOf('a card pays the order')).toBe('environment');
  expect(verdictOf('3 of a product cost 3 times its price')).toBe('product');
  expect(verdictOf('the warehouse counts what arrived')).toBe('credential');
  expect(verdictOf('the welcome coupon takes a tenth off')).toBe('interference');
  expect(verdictOf('the lookbook shows three looks')).toBe('resource');
});
