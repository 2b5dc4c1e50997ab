import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInline } from '@quality-hub/testkit';
import { expect, test } from 'vitest';
import { recordingTerminal } from '../testing/recording-terminal.ts';
import { runBin } from '../testing/run-bin.ts';
import { runHere } from '../testing/run-here.ts';
import type { CheckResult } from './check.ts';
import { doctorCommand } from './doctor-command.ts';
import { examine } from './examine.ts';
import { probeProject } from './probe-project.ts';

/** A project in the workspace, with its configuration as given. Its own tests do not run. */
async function projectWith(files: Record<string, string>) {
  return runInline(files, { args: ['--version'] });
}

function statuses(checks: readonly CheckResult[]): Record<string, string> {
  return Object.fromEntries(checks.map(({ name, status }) => [name, status]));
}

const CONFIG = `
  import { defineConfig } from '@playwright/test';
  const limit: number = 60_000;
  export default defineConfig({
    reporter: [['@quality-hub/reporters'], ['html', { outputFolder: 'kept' }]],
    globalTimeout: process.env.CI ? limit : 0,
    projects: [{ name: 'api' }, { name: 'page', use: { launchOptions: { executablePath: process.execPath } } }],
    use: { launchOptions: { executablePath: process.execPath } },
  });
`;

test('a healthy project is well, and nothing of it is run or written', async () => {
  await using project = await projectWith({
    'playwright.config.ts': CONFIG,
    'kept/index.html': 'the last report',
    'a.spec.ts': 'throw new Error("files of tests are not loaded");',
  });
  const { code, stdout, stderr } = await runBin(['doctor', '--json'], { cwd: project.dir });
  const { checks, counts } = JSON.parse(stdout) as { checks: CheckResult[]; counts: object };
  expect(statuses(checks)).toEqual({
    'node-version': 'ok',
    'playwright-version': 'ok',
    'playwright-copies': 'ok',
    configuration: 'ok',
    'reporter-order': 'ok',
    'global-timeout': 'ok',
    browsers: 'ok',
    'hub-folder': 'ok',
    leftovers: 'ok',
    'cleanup-fixtures': 'ok',
    'fixture-names': 'ok',
  });
  expect(counts).toEqual({ ok: 11, warn: 0, fail: 0 });
  expect([code, stderr]).toEqual([0, '']);
  expect(project.file('kept/index.html')).toBe('the last report');
  expect(() => project.file('.quality-hub')).toThrow('left no file');
});

test('warnings leave exit code 0, each with its remedy', async () => {
  await using project = await projectWith({
    'package.json': '{ "private": true }',
    'playwright.config.ts':
      "export default { reporter: [['list'], ['@quality-hub/reporters']], use: { browserName: 'firefox', launchOptions: { executablePath: '/nowhere/firefox' } } };",
    'fixtures.ts': 'export const test = base.extend({ made: async ({}, use) => { await use(1); await remove(); } });',
  });
  const { code, stdout } = await runBin(['doctor'], { cwd: project.dir });
  expect(stdout).toContain('warn  Our reporter stands behind list.');
  expect(stdout).toContain('warn  Not installed: firefox at /nowhere/firefox');
  expect(stdout).toContain('made (fixtures.ts:1)');
  expect(stdout).toMatch(/No `globalTimeout` is set for CI[^]*→ Set `globalTimeout`/);
  expect(stdout).toContain('11 checks: 7 ok, 4 warnings, 0 failed');
  expect(code).toBe(0);
});

test('a configuration that does not load fails with what Playwright said', async () => {
  await using project = await projectWith({});
  writeFileSync(join(project.dir, 'playwright.config.ts'), "throw new Error('no password is set');");
  const { code, stdout } = await runHere(['doctor', '--config', 'playwright.config.ts'], {
    cwd: project.dir,
    env: { PATH: process.env.PATH },
  });
  expect(stdout).toContain('fail  Playwright cannot load its configuration: Error: no password is set.');
  expect(code).toBe(1);
  const json = await runHere(['doctor', '--json'], { cwd: project.dir, env: { PATH: process.env.PATH } });
  const { checks } = JSON.parse(json.stdout) as { checks: CheckResult[] };
  expect(statuses(checks)).toMatchObject({ configuration: 'fail', 'hub-folder': 'ok' });
  expect(statuses(checks)).not.toHaveProperty('reporter-order');
});

test('a folder without Playwright fails in a sentence', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'qh-doctor-'));
  const terminal = recordingTerminal(60);
  const code = await doctorCommand.run({ positionals: [], options: {} }, { terminal, cwd, env: {} });
  expect(code).toBe(1);
  expect(terminal.lines.join(' ')).toContain('fail  @playwright/test is not installed');
  rmSync(cwd, { recursive: true });
});

test('a folder without a configuration is a warning, and another one can be named', async () => {
  await using project = await projectWith({ 'playwright.config.ts': CONFIG, 'empty/.keep': '' });
  const empty = join(project.dir, 'empty');
  const env = { PATH: process.env.PATH };
  expect(statuses(await examine({ cwd: empty, env }))).toMatchObject({
    configuration: 'warn',
    'reporter-order': 'warn',
  });
  expect(statuses(await examine({ cwd: empty, env, config: '..' }))).toMatchObject({
    configuration: 'ok',
    'reporter-order': 'ok',
  });
});

test('a CommonJS configuration is read by the same road', async () => {
  await using project = await projectWith({
    'package.json': '{ "private": true }',
    'playwright.config.js':
      "module.exports = { reporter: './mine.js', globalTimeout: 5000, use: { channel: 'chrome' } };",
    'mine.js': 'module.exports = class {};',
  });
  const cli = join(process.cwd(), 'node_modules/@playwright/test/cli.js');
  expect(await probeProject({ cli, cwd: project.dir, env: {} })).toMatchObject({
    facts: {
      reporters: [join(project.dir, 'mine.js')],
      globalTimeoutMs: 5000,
      browsers: [{ name: 'chromium', channel: 'chrome', present: true }],
    },
  });
});

test('a configuration that never loads is given up', async () => {
  await using project = await projectWith({});
  writeFileSync(join(project.dir, 'playwright.config.ts'), 'await new Promise(resolve => setTimeout(resolve, 1e6));');
  const cli = join(process.cwd(), 'node_modules/@playwright/test/cli.js');
  expect(await probeProject({ cli, cwd: project.dir, env: {}, timeoutMs: 1500 })).toEqual({
    problem: 'it did not load within 1.5 s',
  });
});
