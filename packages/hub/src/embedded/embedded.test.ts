import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { openHub } from '../hub.ts';
import { newHubFolder } from '../testing/new-hub-folder.ts';
import { SampleWriter } from '../testing/sample-run.ts';
import { startEmbeddedHub } from './index.ts';

test('the thread follows the run and answers with its digest', async () => {
  const folder = newHubFolder();
  const writer = new SampleWriter(folder).begin(['passes', 'fails']).flush();
  const embedded = startEmbeddedHub({ folder, runId: 'run-1' });
  const refused = { message: 'Error: connect ECONNREFUSED 127.0.0.1:4000' };
  writer
    .attempt('passes', { status: 'passed' })
    .attempt('fails', { status: 'failed', errors: [refused] })
    .end('failed');
  const result = await embedded.finish();
  expect(result).toMatchObject({
    ok: true,
    digest: {
      run: { id: 'run-1', state: 'finished' },
      counts: { planned: 2, passed: 1, failed: 1 },
      verdicts: { environment: 1 },
      clusters: [{ verdict: 'environment', attempts: 1 }],
      delivery: { events: 7, kept: 7 },
    },
  });
  await embedded.close();
  await embedded.close();
  await using hub = openHub({ folder });
  expect((await hub.report('run-1')).counts.failed).toBe(1);
});

test('what stands in the way becomes one sentence', async () => {
  const folder = newHubFolder();
  mkdirSync(folder.database);
  new SampleWriter(folder).begin([]).end();
  const embedded = startEmbeddedHub({ folder, runId: 'run-1' });
  expect(await embedded.finish()).toMatchObject({
    ok: false,
    code: 'QH_STORE_OPEN',
    sentence: expect.stringContaining('Give write access'),
  });
  await embedded.close();
});

test('a damaged database is not touched by a run', async () => {
  const folder = newHubFolder();
  writeFileSync(folder.database, 'no database'.repeat(200));
  const embedded = startEmbeddedHub({ folder, runId: 'run-1' });
  expect(await embedded.finish()).toMatchObject({ ok: false, code: 'QH_STORE_CORRUPT' });
  await embedded.close();
});

test('a locked database costs no more than the time the run gives', async () => {
  const folder = newHubFolder();
  await openHub({ folder }).close();
  const other = new DatabaseSync(folder.database);
  other.exec('BEGIN IMMEDIATE');
  new SampleWriter(folder).begin([]).end();
  const embedded = startEmbeddedHub({ folder, runId: 'run-1' });
  const result = await embedded.finish({ timeoutMs: 300 });
  expect(result).toMatchObject({
    ok: false,
    code: 'QH_EMBEDDED_LATE',
    sentence: expect.stringContaining('quality-hub show'),
  });
  other.exec('ROLLBACK');
  other.close();
  await embedded.close();
});

test('after it is closed it answers that it is closed', async () => {
  const embedded = startEmbeddedHub({ folder: newHubFolder(), runId: 'run-1' });
  await embedded.close();
  expect(await embedded.finish()).toMatchObject({ ok: false, sentence: expect.stringContaining('closed') });
});

test('a process that forgets to close it still ends, and prints nothing', async () => {
  const folder = newHubFolder();
  const door = fileURLToPath(new URL('./index.ts', import.meta.url));
  const script = `
    import { startEmbeddedHub } from ${JSON.stringify(door)};
    startEmbeddedHub({ folder: ${JSON.stringify(folder)}, runId: 'run-1' });`;
  const runner = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  runner.stdout.on('data', chunk => {
    printed += chunk;
  });
  runner.stderr.on('data', chunk => {
    printed += chunk;
  });
  const [code] = await once(runner, 'exit');
  expect({ code, printed }).toEqual({ code: 0, printed: '' });
});

test('a process that waits for nothing but finish stays until the answer', async () => {
  const folder = newHubFolder();
  new SampleWriter(folder).begin(['one']).attempt('one', { status: 'passed' }).end();
  const door = fileURLToPath(new URL('./index.ts', import.meta.url));
  const script = `
    import { startEmbeddedHub } from ${JSON.stringify(door)};
    const hub = startEmbeddedHub({ folder: ${JSON.stringify(folder)}, runId: 'run-1' });
    const result = await hub.finish();
    process.stdout.write(JSON.stringify([result.ok, result.digest?.counts.passed]));
    await hub.close();`;
  const runner = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  runner.stdout.on('data', chunk => {
    printed += chunk;
  });
  await once(runner, 'close');
  expect(printed).toBe('[true,1]');
  expect(existsSync(folder.database)).toBe(true);
});

test('a thread that cannot start becomes one sentence', async () => {
  vi.stubEnv('NODE_OPTIONS', '--import=/no/such/module.mjs');
  const embedded = startEmbeddedHub({ folder: newHubFolder(), runId: 'run-1' });
  const result = await embedded.finish();
  vi.unstubAllEnvs();
  expect(result).toMatchObject({
    ok: false,
    code: 'QH_EMBEDDED',
    sentence: expect.stringContaining('quality-hub show'),
  });
  await embedded.close();
});
