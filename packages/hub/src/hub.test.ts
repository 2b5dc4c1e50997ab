import { appendFileSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runSpoolFolder } from '@quality-hub/telemetry';
import { expect, test } from 'vitest';
import { openHub } from './hub.ts';
import { newHubFolder } from './testing/new-hub-folder.ts';
import { at, planned, record, SampleWriter, START } from './testing/sample-run.ts';

const REFUSED = {
  message:
    'Error: apiRequestContext.get: connect ECONNREFUSED 127.0.0.1:4000\nCall log:\n  - → GET http://127.0.0.1:4000/orders\n',
};
const counts = (some: object) => ({
  planned: 0,
  finished: 0,
  passed: 0,
  failed: 0,
  flaky: 0,
  skipped: 0,
  blocked: 0,
  muted: 0,
  interrupted: 0,
  notRun: 0,
  lost: 0,
  ...some,
});

test('a run becomes a report with counts, verdicts, clusters and delivery', async () => {
  const folder = newHubFolder();
  new SampleWriter(folder)
    .begin([
      'passes',
      'fails',
      'is flaky',
      'is skipped',
      'is blocked',
      'fails as expected',
      'passes unexpectedly',
      'never runs',
    ])
    .attempt('passes', { status: 'passed' })
    .attempt('fails', { status: 'failed', errors: [REFUSED] })
    .attempt('fails', { retry: 1, status: 'failed', errors: [REFUSED] })
    .attempt('is flaky', { status: 'timedOut', errors: [{ message: 'Test timeout of 30000ms exceeded.' }] })
    .attempt('is flaky', { retry: 1, status: 'passed' })
    .attempt('is skipped', { status: 'skipped', expectedStatus: 'skipped' })
    .attempt('is blocked', { status: 'skipped', expectedStatus: 'skipped', annotations: [{ type: 'qh:blocked' }] })
    .attempt('fails as expected', { status: 'failed', expectedStatus: 'failed' })
    .attempt('passes unexpectedly', { status: 'passed', expectedStatus: 'failed' })
    .end('failed');
  await using hub = openHub({ folder });
  await hub.catchUp();

  const report = await hub.report('latest');
  expect(report.run).toMatchObject({
    id: 'run-1',
    state: 'finished',
    status: 'failed',
    durationMs: 5000,
    project: 'shop',
    playwrightVersion: '1.65.1',
  });
  expect(report.counts).toEqual(
    counts({ planned: 8, finished: 7, passed: 2, failed: 2, flaky: 1, skipped: 1, blocked: 1, notRun: 1 }),
  );
  expect(report.failures.map(({ identity, attempt, outcome }) => [identity.title, attempt.retry, outcome])).toEqual([
    ['[chromium] › orders.spec.ts › fails', 1, 'failed'],
    ['[chromium] › orders.spec.ts › is flaky', 0, 'flaky'],
    ['[chromium] › orders.spec.ts › passes unexpectedly', 0, 'failed'],
  ]);
  expect(report.failures[0]).toMatchObject({
    verdict: 'environment',
    confidence: expect.any(Number),
    message: REFUSED.message,
  });
  expect(report.failures[0]?.reasons[0]).toContain('127.0.0.1:4000 refused the connection');
  expect(report.clusters.find(({ id }) => id === report.failures[0]?.cluster)).toMatchObject({
    title: '127.0.0.1:4000 refused the connection',
    attempts: 2,
    tests: 1,
  });
  expect(report.verdicts).toEqual({ environment: 1, unknown: 1, test: 1 });
  expect(report.delivery).toMatchObject({ events: 21, kept: 21, gaps: 0, rejected: 0 });
});

test('a second ingest of a finished run changes nothing', async () => {
  const folder = newHubFolder();
  new SampleWriter(folder)
    .begin(['fails'])
    .attempt('fails', { status: 'failed', errors: [REFUSED] })
    .end('failed');
  await using hub = openHub({ folder });
  await hub.catchUp();
  const first = await hub.report('run-1');
  await hub.catchUp();
  await using other = openHub({ folder });
  await other.catchUp('run-1');
  expect(await other.report('run-1')).toEqual(first);
  expect(await other.runs()).toEqual(await hub.runs());
});

test('the same events under another file name are duplicates', async () => {
  const folder = newHubFolder();
  const writer = new SampleWriter(folder).begin(['passes']).attempt('passes', { status: 'passed' }).end();
  await using hub = openHub({ folder });
  await hub.catchUp();
  const before = await hub.report('run-1');
  writeFileSync(join(runSpoolFolder(folder, 'run-1'), 'copy.ndjson'), readFileSync(writer.spool.path));
  await hub.catchUp();
  expect(await hub.report('run-1')).toEqual(before);
});

test('gaps are known, and a late arrival fills them', async () => {
  const folder = newHubFolder();
  const writer = new SampleWriter(folder)
    .begin(['one', 'two'])
    .attempt('one', { status: 'passed' })
    .attempt('two', { status: 'passed' })
    .end();
  const lines = readFileSync(writer.spool.path, 'utf8').split('\n');
  const late = lines.splice(2, 2);
  writeFileSync(writer.spool.path, lines.join('\n'));
  await using hub = openHub({ folder });
  await hub.catchUp();
  let report = await hub.report('run-1');
  expect(report.delivery).toMatchObject({ events: 7, kept: 5, gaps: 2, rejected: 0 });
  expect(report.counts).toMatchObject({ planned: 2, passed: 1, notRun: 1 });

  appendFileSync(writer.spool.path, `${late.join('\n')}\n`);
  await hub.catchUp();
  report = await hub.report('run-1');
  expect(report.delivery).toMatchObject({ events: 7, kept: 7, gaps: 0 });
  expect(report.counts).toMatchObject({ planned: 2, passed: 2, notRun: 0 });
});

test('damaged lines are counted with their reason, and are no gaps', async () => {
  const folder = newHubFolder();
  const writer = new SampleWriter(folder).begin(['one']).attempt('one', { status: 'passed' }).end();
  const lines = readFileSync(writer.spool.path, 'utf8').split('\n');
  lines[1] = '\u0000\u0000 no line at all';
  lines[2] = lines[2]?.slice(0, -20) ?? '';
  lines[3] = lines[3]?.replace('"durationMs":100', '"durationMs":"long"') ?? '';
  writeFileSync(writer.spool.path, lines.join('\n'));
  await using hub = openHub({ folder });
  await hub.catchUp();
  const { delivery, run } = await hub.report('run-1');
  expect(delivery).toMatchObject({ events: 5, kept: 2, gaps: 0, rejected: 3 });
  expect(delivery.rejectedReasons.map(({ reason, lines: count }) => [reason.replace(/:.*: /, ': '), count])).toEqual([
    ['not JSON', 2],
    [expect.stringMatching(/^test\.ended/), 1],
  ]);
  expect(run.state).toBe('finished');
});

test('a torn last line waits for its rest', async () => {
  const folder = newHubFolder();
  const writer = new SampleWriter(folder).begin(['one']).flush();
  const { length } = readFileSync(writer.spool.path);
  writer.attempt('one', { status: 'passed' }).flush();
  const whole = readFileSync(writer.spool.path);
  truncateSync(writer.spool.path, length + 30);
  await using hub = openHub({ folder });
  await hub.catchUp();
  expect((await hub.report('run-1')).delivery).toMatchObject({ events: 2, rejected: 0 });
  writeFileSync(writer.spool.path, whole);
  await hub.catchUp();
  expect((await hub.report('run-1')).counts.passed).toBe(1);
});

test('a file that has become shorter is read from its beginning', async () => {
  const folder = newHubFolder();
  const writer = new SampleWriter(folder).begin(['one']).attempt('one', { status: 'passed' }).end();
  await using hub = openHub({ folder });
  await hub.catchUp();
  const before = await hub.report('run-1');
  const [first = ''] = readFileSync(writer.spool.path, 'utf8').split('\n');
  writeFileSync(writer.spool.path, `${first}\nrubbish\n`);
  await hub.catchUp();
  await hub.catchUp();
  const after = await hub.report('run-1');
  expect(after.counts).toEqual(before.counts);
  expect(after.delivery).toMatchObject({ kept: 5, gaps: 0, rejected: 1 });
});

test('an event of an unknown kind is kept aside and counts as kept', async () => {
  const folder = newHubFolder();
  const writer = new SampleWriter(folder).begin(['one']).flush();
  writer.spool.append({ kind: 'test.dreamt', dream: 'long' } as never);
  writer.attempt('one', { status: 'passed' }).end();
  await using hub = openHub({ folder });
  await hub.catchUp();
  expect((await hub.report('run-1')).delivery).toMatchObject({ events: 6, kept: 6, gaps: 0, rejected: 0 });
});

test('evidence counts once, whether it comes by journal, by attachment or by both', async () => {
  const folder = newHubFolder();
  const refused = record(1, { kind: 'conflict', resource: 'coupon', detail: 'used by another test' });
  const journal = new SampleWriter(folder, { writer: 'w-1' }).evidence('fails', [refused]);
  journal.spool.close();
  new SampleWriter(folder)
    .begin(['fails'])
    .attempt('fails', { status: 'failed', startMs: 5, errors: [{ message: 'Error: no' }] })
    .evidence('fails', [refused, record(2, { kind: 'note', name: 'n' })], { startMs: 5 })
    .end('failed');
  await using hub = openHub({ folder });
  await hub.catchUp();
  const [failure] = (await hub.report('run-1')).failures;
  expect(failure).toMatchObject({ verdict: 'interference', confidence: 0.88 });
  expect(failure?.reasons).toEqual(['Two tests wanted coupon: used by another test']);
});

test('an attempt that arrives a second way, through a merge, is the same attempt', async () => {
  const folder = newHubFolder();
  const shards = [1, 2].map(shard => new SampleWriter(folder, { shard, shards: 2, writer: `r-${shard}` }));
  for (const [index, writer] of shards.entries()) {
    writer
      .begin([`own ${index}`, 'set-up'])
      .attempt('set-up', { startMs: index, status: 'passed' })
      .attempt(`own ${index}`, { status: 'passed' })
      .end();
  }
  const merge = new SampleWriter(folder, { writer: 'r-merge', mode: 'merge' }).begin(['own 0', 'own 1', 'set-up']);
  for (const index of [0, 1])
    merge.attempt('set-up', { startMs: index, status: 'passed' }).attempt(`own ${index}`, { status: 'passed' });
  merge.end();
  await using hub = openHub({ folder });
  await hub.catchUp();
  const report = await hub.report('run-1');
  expect(report.counts).toEqual(counts({ planned: 3, finished: 3, passed: 3 }));
  expect(report.run).toMatchObject({ state: 'finished', shards: 2 });
});

test('a sharded run is finished when its last shard has ended', async () => {
  const folder = newHubFolder();
  new SampleWriter(folder, { shard: 1, shards: 2, writer: 'r-1' })
    .begin(['one'])
    .attempt('one', { status: 'passed' })
    .end();
  await using hub = openHub({ folder, now: () => START + 60_000 });
  await hub.catchUp();
  expect((await hub.report('latest')).run.state).toBe('running');
  new SampleWriter(folder, { shard: 2, shards: 2, writer: 'r-2' })
    .begin(['two'])
    .attempt('two', { status: 'interrupted' })
    .end('interrupted');
  await hub.catchUp();
  const report = await hub.report('latest');
  expect(report.run).toMatchObject({ state: 'interrupted', status: 'interrupted' });
  expect(report.counts).toMatchObject({ planned: 2, passed: 1, interrupted: 1 });
});

test('a run of which only attempts are known still counts its tests', async () => {
  const folder = newHubFolder();
  new SampleWriter(folder).attempt('unplanned', { status: 'failed', errors: [{ message: 'Error: x' }] }).end('failed');
  await using hub = openHub({ folder });
  await hub.catchUp();
  const report = await hub.report('latest');
  expect(report.counts).toMatchObject({ planned: 1, failed: 1 });
  expect(report.failures[0]?.identity).toMatchObject({ file: '(unknown file)', key: planned('unplanned').test });
});

test('steps, output, attachments and errors outside of tests are stored', async () => {
  const folder = newHubFolder();
  const ref = { test: planned('fails').test, retry: 0, startedAt: at(0) };
  const writer = new SampleWriter(folder).begin(['fails']);
  writer.spool.append({
    kind: 'test.steps',
    ...ref,
    steps: [{ id: 1, title: 'Close page', category: 'pw:api', startedAt: at(0), durationMs: 1 }],
  });
  writer.spool.append({ kind: 'output', stream: 'stderr', ...ref, text: 'FATAL: JavaScript heap out of memory\n' });
  writer.spool.append({ kind: 'output', stream: 'stdout', text: 'of nobody\n' });
  writer.spool.append({
    kind: 'attachment',
    ...ref,
    name: 'trace',
    contentType: 'application/zip',
    path: '/x/trace.zip',
  });
  writer.spool.append({ kind: 'error', error: { message: 'Error: global set-up failed' }, workerIndex: 1 });
  writer.spool.append({ kind: 'heartbeat' });
  writer
    .attempt('fails', {
      status: 'failed',
      errors: [{ message: 'Error: page.click: Target page, context or browser has been closed' }],
    })
    .end('failed');
  await using hub = openHub({ folder });
  await hub.catchUp();
  const report = await hub.report('latest');
  expect(report.errors).toEqual([{ message: 'Error: global set-up failed' }]);
  expect(report.failures[0]?.verdict).toBe('resource');
});

test('a run that is not there is named, with the newest one', async () => {
  const folder = newHubFolder();
  await using hub = openHub({ folder });
  await expect(hub.report('latest')).rejects.toMatchObject({
    code: 'QH_RUN_UNKNOWN',
    message: expect.stringContaining('nothing has been recorded'),
  });
  new SampleWriter(folder).begin([]).end();
  await hub.catchUp();
  await expect(hub.report('nope')).rejects.toMatchObject({
    code: 'QH_RUN_UNKNOWN',
    message: 'No run "nope"; the newest is "run-1"',
  });
});

test('old spools of ended runs are removed, the newest stay', async () => {
  const folder = newHubFolder();
  for (const index of [1, 2, 3])
    new SampleWriter(folder, { runId: `run-${index}` }).begin([], { startedAt: at(index) }).end();
  await using hub = openHub({ folder });
  await hub.catchUp();
  writeFileSync(join(runSpoolFolder(folder, 'run-1'), 'late.ndjson'), 'not stored yet\n');
  expect(await hub.prune(1)).toEqual([runSpoolFolder(folder, 'run-2')]);
  expect([1, 2, 3].map(index => existsSync(runSpoolFolder(folder, `run-${index}`)))).toEqual([true, false, true]);
});
