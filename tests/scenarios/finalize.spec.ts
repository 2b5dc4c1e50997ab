import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { eventStreamContract, type InlineResult, runInline } from '@quality-hub/testkit';

const CLI = join(process.cwd(), 'packages', 'cli', 'bin', 'quality-hub.mjs');
const SECRETS = {
  env: 'swordfish-4711',
  option: 'option-only-0815',
  config: 'config-only-4242',
  file: 'file-only-1234',
} as const;

const FILES = {
  'playwright.config.ts': `
    import { defineConfig } from '@playwright/test';
    import { reporters } from '@quality-hub/reporters/config';
    export default defineConfig({
      workers: 1,
      use: { qhSecrets: [process.env.OF_CONFIG ?? ''] },
      reporter: reporters('line', { mask: { env: ['OF_OPTION'] } }),
    });
  `,
  'a.spec.ts': `
    import { writeFileSync } from 'node:fs';
    import { test } from '@quality-hub/test';
    test.describe.configure({ mode: 'default' });
    test.use({ qhSecrets: [process.env.OF_CONFIG, process.env.OF_FILE] });
    test('passes', () => {});
    test('hangs', async ({}, info) => {
      const all = ['SHOP_PASSWORD', 'OF_OPTION', 'OF_CONFIG', 'OF_FILE'].map(name => name + ' is ' + process.env[name]);
      writeFileSync(info.outputPath('notes.txt'), all.join('\\n'));
      console.log(['hangs', 'now'].join(' '));
      if (process.env.HANG) await new Promise(() => {});
    });
    test('waits', () => {});
  `,
};
const ENV = {
  SHOP_PASSWORD: SECRETS.env,
  OF_OPTION: SECRETS.option,
  OF_CONFIG: SECRETS.config,
  OF_FILE: SECRETS.file,
  NO_COLOR: '1',
};

const kill = (send: NodeJS.Signals, args: string[] = []): Promise<InlineResult> =>
  runInline(FILES, { args, env: { ...ENV, HANG: '1' }, signal: { after: /hangs now/, send } });

interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function quality(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Answer> {
  const { QUALITY_HUB_DIR: _, ...outer } = process.env;
  return new Promise(resolve => {
    execFile(process.execPath, [CLI, ...args], { cwd, env: { ...outer, ...env } }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

/** Every byte that lies in a folder, in one text. */
function bytesBelow(folder: string): string {
  if (!existsSync(folder)) return '';
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test(`finalize after ${signal} tells what finished, was lost and did not run, and masks what was left`, async () => {
    await using run = await kill(signal);
    const results = join(run.dir, 'test-results');
    for (const value of Object.values(SECRETS)) {
      expect(bytesBelow(results)).toContain(value);
      expect(bytesBelow(run.hubFolder.path)).not.toContain(value);
    }
    const { code, stdout, stderr } = await quality(run.dir, ['finalize', '--json'], { SHOP_PASSWORD: SECRETS.env });
    expect([code, stderr]).toEqual([0, '']);
    const { finalized, masked, notes } = JSON.parse(stdout);
    expect(finalized).toHaveLength(1);
    expect(finalized[0].run.state).toBe('lost');
    expect(finalized[0].run.closed.reasons[0]).toMatch(/^process \d+ of \S+ is gone, last heard of at 20/);
    expect(finalized[0].counts).toMatchObject({ planned: 3, finished: 1, passed: 1, lost: 1, notRun: 1 });
    expect(finalized[0].delivery).toMatchObject({ gaps: 0, rejected: 0 });
    expect(masked[0].changed.some((path: string) => path.endsWith('notes.txt'))).toBe(true);
    expect(notes).toEqual([]);
    for (const value of Object.values(SECRETS)) expect(bytesBelow(results)).not.toContain(value);
    expect(existsSync(join(run.hubFolder.path, 'masks'))).toBe(true);
    expect(bytesBelow(join(run.hubFolder.path, 'masks'))).toBe('');

    const again = await quality(run.dir, ['finalize']);
    expect(again).toEqual({
      code: 0,
      stdout: 'Nothing to finalize: every run here has ended, or was closed before.\n',
      stderr: '',
    });
  });
}

test('a copy of a killed run is finalized without its database and its keys, and says what it could not mask', async () => {
  await using run = await kill('SIGKILL');
  const copy = mkdtempSync(join(tmpdir(), 'qh-copied-'));
  for (const folder of ['.quality-hub', 'test-results']) {
    cpSync(join(run.dir, folder), join(copy, folder), { recursive: true });
  }
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(copy, '.quality-hub', `hub.db${suffix}`), { force: true });
  const empty = mkdtempSync(join(tmpdir(), 'qh-no-keys-'));
  const env = { SHOP_PASSWORD: SECRETS.env, TMPDIR: empty };
  const { code, stdout } = await quality(copy, ['finalize'], env);
  expect(code).toBe(0);
  expect(stdout).toContain('3 tests: 1 passed, 1 not run, 1 lost');
  expect(stdout).toContain('(option mask, qhSecrets) were not masked: their key is not on this machine.');
  const left = bytesBelow(join(copy, 'test-results'));
  expect(left).not.toContain(SECRETS.env);
  expect(left).toContain(SECRETS.option);

  const names = await quality(copy, ['finalize', '--mask-env', 'OF_OPTION,OF_CONFIG,OF_FILE'], { ...env, ...ENV });
  expect(names.code).toBe(0);
  for (const value of Object.values(SECRETS)) expect(bytesBelow(join(copy, 'test-results'))).not.toContain(value);
  // Where the run was, its own folder and its keys are as they were: they are found, and needed no more afterwards.
  const there = await quality(run.dir, ['finalize'], ENV);
  expect(there.stdout).toContain('1 run finalized.');
  expect(bytesBelow(join(run.hubFolder.path, 'masks'))).toBe('');
  rmSync(copy, { recursive: true });
  rmSync(empty, { recursive: true });
});

test('a run that ends by itself keeps no value and no key, and finalize leaves it alone', async () => {
  const keys = mkdtempSync(join(tmpdir(), 'qh-keys-'));
  await using run = await runInline(FILES, { env: { ...ENV, TMPDIR: keys } });
  expect(run.exitCode).toBe(0);
  expect(bytesBelow(join(run.hubFolder.path, 'masks'))).toBe('');
  const left = readdirSync(keys, { recursive: true, encoding: 'utf8' });
  expect(left.filter(name => /^quality-hub-keys-.+\//.test(name))).toEqual([]);
  expect(left.filter(name => /^quality-hub-keys-/.test(name))).toHaveLength(1);
  const { code, stdout } = await quality(run.dir, ['finalize'], ENV);
  expect([code, stdout]).toEqual([0, 'Nothing to finalize: every run here has ended, or was closed before.\n']);
  expect(run.events.filter(({ kind }) => kind === 'run.closed')).toEqual([]);
  rmSync(keys, { recursive: true });
});

test('a run that goes on is left alone, and what it writes after a forced close is its truth', async () => {
  const spec = `
    import { test } from '@quality-hub/test';
    import { execFileSync } from 'node:child_process';
    test('finalizes its own run', () => {
      const finalize = (...args) => {
        try {
          return execFileSync(process.execPath, [${JSON.stringify(CLI)}, 'finalize', ...args], { encoding: 'utf8', stdio: 'pipe' });
        } catch (error) { return String(error.stderr); }
      };
      console.log(finalize());
      console.log(finalize('--force'));
    });
  `;
  await using run = await runInline({ 'a.spec.ts': spec });
  expect(run.exitCode).toBe(0);
  const text = run.events.flatMap(event => (event.kind === 'output' ? [event.text] : [])).join('');
  expect(text).toMatch(/was left alone: its runner, process \d+, lives on this machine\./);
  expect(text).toContain('1 run finalized.');
  expect(eventStreamContract(run.events)).toEqual([]);
  const { run: facts, counts } = await run.report();
  expect(facts).toMatchObject({ state: 'finished', status: 'passed' });
  expect(facts).not.toHaveProperty('closed');
  expect(counts).toMatchObject({ planned: 1, passed: 1, lost: 0 });
  expect(run.stdout).toMatch(/(\d+) of \1 events kept/);
});
