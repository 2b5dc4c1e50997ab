import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReportedFlag } from '@quality-hub/hub';
import type { Evidence, TestStatus } from '@quality-hub/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordRun } from '../testing/record-run.ts';
import { recordingTerminal } from '../testing/recording-terminal.ts';
import { runHere } from '../testing/run-here.ts';
import { flagWords } from './flag-words.ts';
import { flagsCommand } from './flags-command.ts';

let cwd: string;
const flag = (name: string, variant: string): Evidence => ({
  kind: 'flag',
  name,
  variant,
  reason: 'OVERRIDE',
  provider: 'eachVariant',
});

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'qh-flags-'));
  const test = (variant: string, status: TestStatus) => ({
    title: 'buys',
    group: `button=${variant}`,
    attempts: [status],
    evidence: [flag('button', variant), flag('newCheckout', 'off')],
  });
  for (let run = 1; run <= 8; run++) {
    recordRun(join(cwd, '.quality-hub'), {
      runId: `run-${run}`,
      startedAt: `2026-02-0${run}T00:00:00.000Z`,
      end: 'passed',
      tests: [test('red', run === 1 ? 'passed' : 'failed'), test('blue', 'passed')],
    });
  }
});
afterAll(() => rmSync(cwd, { recursive: true }));

test('variants are compared over the runs, in words', async () => {
  const { code, stdout } = await runHere(['flags'], { cwd });
  expect([code, stdout.split('\n')]).toEqual([
    0,
    [
      'button (8 runs)',
      '  variant  runs  tests  passed  failed  median',
      '  blue        8      1       8       0   50 ms',
      '  red         8      1       1       7   50 ms',
      '  button=red fails more often: 7 of 8 against 0 of 8, p = 0.001',
      '',
      'newCheckout (8 runs)',
      '  variant  runs  tests  passed  failed  median',
      '  off         8      2       9       7   50 ms',
      '  newCheckout was always off: there is nothing to compare',
      '',
    ],
  ]);
});

test('one flag, fewer runs, JSON', async () => {
  const { stdout } = await runHere(['flags', 'button', '--runs', '2', '--json'], { cwd });
  expect(JSON.parse(stdout)).toMatchObject({
    flags: [
      {
        name: 'button',
        runs: 2,
        comparisons: [{ variant: 'red', counted: 2, failed: 2, otherCounted: 2, otherFailed: 0 }],
      },
    ],
  });
});

test('a flag that nobody asked for is told with the one that was meant', async () => {
  expect(await runHere(['flags', 'buton'], { cwd })).toMatchObject({
    code: 1,
    stderr:
      'quality-hub: No test of the last 50 runs has asked for a flag "buton"; did you mean "button"?. There are button, newCheckout.\n',
  });
  const empty = join(cwd, 'empty');
  mkdirSync(empty);
  const options = { cwd, env: { QUALITY_HUB_DIR: empty } };
  expect((await runHere(['flags'], options)).stdout).toBe(
    'No test of the last 50 runs has asked for a feature flag.\n',
  );
  expect((await runHere(['flags', 'x'], options)).stderr).toContain('Ask for flags with the fixture');
  const context = { terminal: recordingTerminal(), cwd, env: { QUALITY_HUB_DIR: empty } };
  await expect(flagsCommand.run({ positionals: ['x'], options: {} }, context)).rejects.toMatchObject({
    code: 'QH_NO_FLAG',
  });
});

test('the report of a run tells its flags as well', async () => {
  const { stdout } = await runHere(['show', 'run-2'], { cwd });
  expect(stdout).toContain(
    'Flags: button=red and button=blue fail alike, as far as this tells: 1 of 1 against 0 of 1, p = 1',
  );
  expect(stdout).toContain('button=red › buys (shop.spec.ts:7) [newCheckout=off]');
  expect(stdout.match(/newCheckout/g)).toHaveLength(1);
});

const told = (more: Partial<ReportedFlag['comparisons'][number]>, mixed = 0): readonly string[] =>
  flagWords({
    name: 'button',
    runs: 1,
    variants: [],
    mixed,
    comparisons: [
      {
        variant: 'red',
        against: ['blue'],
        unit: 'attempts',
        counted: 80,
        failed: 12,
        otherCounted: 82,
        otherFailed: 2,
        failureP01: 0.00463,
        ...more,
      },
    ],
  });

test('words for what was found', () => {
  expect(told({})).toEqual(['button=red fails more often: 12 of 80 against 2 of 82, p = 0.005']);
  expect(told({ failed: 0, otherFailed: 30, failureP01: 1e-9, against: ['a', 'b'] })).toEqual([
    'button=red fails less often: 0 of 80 against 30 of 82, p < 0.0001',
  ]);
  expect(told({ failureP01: 0.234, unit: 'tests', against: ['a', 'b'] }, 1)).toEqual([
    'button=red and the others fail alike, as far as this tells: 12 of 80 against 2 of 82, p = 0.23 (no test ran in both, so each counts once, and it may be the tests)',
    '1 attempt has seen several variants and is left out',
  ]);
  expect(told({ duration: { ratio: 1.5, p01: 0.01 } })[1]).toBe(
    'button=red takes 1.50 times as long as button=blue, p = 0.01',
  );
  expect(told({ duration: { ratio: 0.5, p01: 0.01 }, against: ['a', 'b'] }, 3).slice(1)).toEqual([
    'the others take 2.00 times as long as button=red, p = 0.01',
    '3 attempts have seen several variants and are left out',
  ]);
  expect(told({ duration: { ratio: 1.5, p01: 0.2 } })).toHaveLength(1);
});
