import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import { runInline } from '@quality-hub/testkit';

test.describe.configure({ timeout: 240_000 });

const CLI = join(process.cwd(), 'packages', 'cli', 'bin', 'quality-hub.mjs');

const FILES = {
  'quality-hub.config.ts': `
    import { defineHub } from '@quality-hub/test/config';
    export default defineHub({ flags: { file: 'flags.yaml' } });`,
  'flags.yaml': `
flags:
  button: { variants: [red, blue], default: blue }
  newCheckout: { default: off }
`,
  'a.spec.ts': `
    import { eachVariant, expect, test } from '@quality-hub/test';
    eachVariant('button', ['red', 'blue'], variant => {
      for (let n = 0; n < 10; n++)
        test('buys ' + n, async ({ flags }) => {
          expect(await flags.on('newCheckout')).toBe(true);
          expect(variant === 'red' && n < 5, 'the red button does nothing').toBe(false);
        });
    });`,
};

test('a variant in which tests fail is found by its run, and by the command over all runs', async () => {
  await using run = await runInline(FILES, { env: { QH_FLAGS: 'newCheckout' }, timeoutMs: 200_000 });
  const report = await run.report();
  expect(report.counts, run.output).toMatchObject({ planned: 20, passed: 15, failed: 5 });
  expect(report.flags).toMatchObject([
    {
      name: 'button',
      variants: [
        { variant: 'blue', tests: 10, attempts: 10, failed: 0 },
        { variant: 'red', tests: 10, attempts: 10, failed: 5 },
      ],
      comparisons: [{ variant: 'red', unit: 'attempts', counted: 10, failed: 5, otherCounted: 10, otherFailed: 0 }],
    },
    { name: 'newCheckout', variants: [{ variant: 'on', tests: 20 }], comparisons: [] },
  ]);
  const quality = async (...args: string[]): Promise<string> =>
    (await promisify(execFile)(process.execPath, [CLI, ...args], { cwd: run.dir })).stdout;
  const sentence = 'button=red fails more often: 5 of 10 against 0 of 10, p = 0.03';
  expect(await quality('flags')).toContain(sentence);
  expect(await quality('show')).toContain(`Flags: ${sentence}`);
});

test('what QH_FLAGS sets wrongly fails the tests that ask, in one sentence', async () => {
  await using run = await runInline(FILES, {
    env: { QH_FLAGS: 'newChekout=on,button=green' },
    args: ['--grep', 'button=blue buys 0'],
    timeoutMs: 200_000,
  });
  const report = await run.report();
  expect(report.failures[0]?.message).toContain(
    'QH_FLAGS sets newChekout, which flags.yaml has not; did you mean newCheckout?; QH_FLAGS sets button to "green", which is no variant',
  );
});
