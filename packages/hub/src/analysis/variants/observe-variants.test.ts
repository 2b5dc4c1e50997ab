import { type EvidenceRecord, identityKey, type TestStatus } from '@quality-hub/protocol';
import { expect, test } from 'vitest';
import { openHub } from '../../hub.ts';
import { newHubFolder } from '../../testing/new-hub-folder.ts';
import { at, planned, record, SampleWriter } from '../../testing/sample-run.ts';

const flag = (seq: number, name: string, variant: string): EvidenceRecord =>
  record(seq, { kind: 'flag', name, variant, reason: 'SPLIT', provider: 'flags.yaml' });

test('the first attempts of the newest runs are compared by variant, those of a group as one test', async () => {
  const folder = newHubFolder();
  for (const run of [1, 2, 3]) {
    const writer = new SampleWriter(folder, { runId: `run-${run}`, writer: `r-${run}` }).begin([]);
    for (const variant of ['red', 'blue']) {
      const identity = { ...planned('buys').identity, titlePath: ['shop', `button=${variant}`, 'buys'] };
      const test = identityKey(identity);
      writer.spool.append({ kind: 'test.planned', tests: [{ ...planned('buys'), test, identity }] });
      const attempt = (retry: number, status: TestStatus): void => {
        const ref = { test, retry, startedAt: at(retry * 1_000) };
        const rest = {
          workerIndex: 0,
          parallelIndex: 0,
          expectedStatus: 'passed',
          durationMs: 100,
          errors: [],
          annotations: [],
        } as const;
        writer.spool.append({ kind: 'test.started', ...ref, workerIndex: 0, parallelIndex: 0 });
        writer.spool.append({
          kind: 'evidence',
          ...ref,
          records: [flag(run * 100 + retry * 10 + variant.length, 'button', variant)],
        });
        writer.spool.append({ kind: 'test.ended', ...ref, ...rest, status });
      };
      attempt(0, variant === 'red' ? 'failed' : 'passed');
      if (variant === 'red') attempt(1, 'passed');
    }
    writer.end('passed');
  }
  await using hub = openHub({ folder });
  await hub.catchUp();
  const [all] = await hub.flags();
  expect(all).toMatchObject({
    name: 'button',
    runs: 3,
    variants: [
      { variant: 'blue', attempts: 3, failed: 0, medianMs: 100 },
      { variant: 'red', attempts: 3, failed: 3 },
    ],
    comparisons: [{ variant: 'red', unit: 'attempts', counted: 3, failed: 3, otherCounted: 3, otherFailed: 0 }],
  });
  expect(all?.comparisons[0]?.failureP01).toBeCloseTo(0.1, 10);
  expect((await hub.flags({ runs: 1 }))[0]).toMatchObject({ runs: 1 });
  expect((await hub.report('run-2')).flags).toMatchObject([{ name: 'button', runs: 1 }]);
});

test('what was skipped or saw several variants is left out, and a journal of another shard is not taken for an own one', async () => {
  const folder = newHubFolder();
  new SampleWriter(folder)
    .begin(['mixed', 'skipped', 'passes', 'runs'])
    .attempt('mixed', { status: 'passed' })
    .evidence('mixed', [flag(1, 'button', 'red'), flag(2, 'button', 'blue'), flag(3, 'limit', 'low')])
    .attempt('skipped', { status: 'skipped', expectedStatus: 'skipped' })
    .evidence('skipped', [flag(4, 'button', 'red')])
    .attempt('passes', { status: 'passed' })
    .evidence('passes', [flag(5, 'button', 'blue'), record(6, { kind: 'note', name: 'x' })], { startMs: 0 })
    .evidence('passes', [flag(7, 'button', 'red')], { retry: 1 })
    .evidence('passes', [flag(8, 'button', 'red')], { startMs: 77 })
    .attempt('runs')
    .evidence('runs', [flag(9, 'button', 'red')])
    .end('passed');
  await using hub = openHub({ folder });
  await hub.catchUp();
  expect((await hub.report('latest')).flags).toEqual([
    {
      name: 'button',
      runs: 1,
      variants: [{ variant: 'blue', runs: 1, tests: 1, attempts: 1, failed: 0, medianMs: 100 }],
      comparisons: [],
      mixed: 1,
    },
    {
      name: 'limit',
      runs: 1,
      variants: [{ variant: 'low', runs: 1, tests: 1, attempts: 1, failed: 0, medianMs: 100 }],
      comparisons: [],
      mixed: 0,
    },
  ]);
});
