import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { eventStreamContract, type InlineResult, readSpools, runInline } from '@quality-hub/testkit';

const CLI = join(process.cwd(), 'packages', 'cli', 'bin', 'quality-hub.mjs');

/** Twelve tests that print 64 KiB each, four of them failing. */
const LOUD = `
  import { test, expect } from '@quality-hub/test';
  test.describe.configure({ mode: 'default' });
  for (let n = 0; n < 12; n++) {
    test('test ' + n, () => {
      for (let line = 0; line < 64; line++) console.log(n + ':' + line + ' ' + 'x'.repeat(1000));
      expect(n % 3).not.toBe(0);
    });
  }
`;
const COUNTS = { planned: 12, finished: 12, passed: 8, failed: 4, notRun: 0, lost: 0 };
const KEPT_IN = /This run is kept in (\S+);/;

test.describe.configure({ timeout: 180_000 });

interface SmallDisk extends Disposable {
  readonly path: string;
  /** Why there can be none here. */
  readonly missing: string | undefined;
}

/** A real file system of a few KiB. */
function smallDisk(sizeKib: number): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), 'qh-disk-'));
  let missing: string | undefined;
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeKib}k`, 'tmpfs', path], { stdio: 'pipe' });
  } catch (error) {
    missing = `a tmpfs cannot be mounted here: ${String((error as { stderr?: Buffer }).stderr ?? error).trim()}`;
  }
  return {
    path,
    missing,
    [Symbol.dispose]() {
      // A test may have taken it away itself.
      if (missing === undefined) spawnSync('umount', ['-l', path]);
      rmSync(path, { recursive: true, force: true });
    },
  };
}

interface Shown {
  readonly run: { readonly state: string; readonly status?: string };
  readonly counts: object;
  readonly delivery: { readonly events: number; readonly kept: number; readonly gaps: number };
}

function quality(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { QUALITY_HUB_DIR: _, ...outer } = process.env;
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [CLI, ...args], { cwd, env: { ...outer, ...env } }, (error, stdout) =>
      error ? reject(error) : resolve(stdout),
    );
  });
}

function expectOwnResult(run: InlineResult): void {
  expect(run.exitCode).toBe(1);
  expect(run.stdout).toContain('12 tests: 8 passed, 4 failed');
  expect(run.stderr).not.toMatch(/^\s+at /m);
  expect(run.stdout.match(/^Quality Hub: /gm)).toHaveLength(1);
}

function expectWholeRun(shown: Shown): void {
  expect(shown.run).toMatchObject({ state: 'finished', status: 'failed' });
  expect(shown.counts).toMatchObject(COUNTS);
  expect(shown.delivery.kept).toBe(shown.delivery.events);
}

test('a disk that fills up in mid-run moves the whole record to a temporary folder, and finalize brings it home', async () => {
  using disk = smallDisk(384);
  test.skip(disk.missing !== undefined, disk.missing);
  const home = join(disk.path, 'hub');
  await using run = await runInline({ 'a.spec.ts': LOUD }, { env: { QUALITY_HUB_DIR: home } });
  expectOwnResult(run);
  expect(run.stdout).toMatch(/Quality Hub: Cannot write the spool .*ENOSPC.*\. Make room .* This run is kept in /);
  expect(run.stdout).toMatch(/(\d+) of \1 events kept/);
  const instead = KEPT_IN.exec(run.stdout)?.[1] ?? '';
  expect(eventStreamContract(readSpools(join(instead, 'spool')))).toEqual([]);
  expectWholeRun(JSON.parse(await quality(run.dir, ['show', '--json'], { QUALITY_HUB_DIR: instead })));

  // There is room again.
  execFileSync('mount', ['-o', 'remount,size=64m', disk.path]);
  expect(await quality(run.dir, ['finalize', home])).toContain(`Brought home from ${instead}`);
  expect(existsSync(instead)).toBe(false);
  expectWholeRun(JSON.parse(await quality(run.dir, ['show', '--json'], { QUALITY_HUB_DIR: home })));
});

test('a runner that is killed after its disk was full loses nothing that had ended', async () => {
  using disk = smallDisk(384);
  test.skip(disk.missing !== undefined, disk.missing);
  const home = join(disk.path, 'hub');
  const spec = `${LOUD}
    test('hangs', async () => { console.log(['hangs', 'now'].join(' ')); await new Promise(() => {}); });`;
  await using run = await runInline(
    { 'a.spec.ts': spec },
    { env: { QUALITY_HUB_DIR: home }, args: ['--workers=1'], signal: { after: /hangs now/, send: 'SIGKILL' } },
  );
  execFileSync('mount', ['-o', 'remount,size=64m', disk.path]);
  const { finalized } = JSON.parse(await quality(run.dir, ['finalize', home, '--json']));
  expect(finalized[0].run.state).toBe('lost');
  expect(finalized[0].counts).toMatchObject({ planned: 13, finished: 12, passed: 8, failed: 4, lost: 1, notRun: 0 });
  expect(finalized[0].delivery.gaps).toBe(0);
});

test('where no place has room the results come first, and the last line counts what was not kept', async () => {
  using disk = smallDisk(384);
  test.skip(disk.missing !== undefined, disk.missing);
  const tmp = join(disk.path, 'tmp');
  mkdirSync(tmp);
  const cache = mkdtempSync(join(tmpdir(), 'qh-cache-'));
  const env = { QUALITY_HUB_DIR: join(disk.path, 'hub'), TMPDIR: tmp, PWTEST_CACHE_DIR: cache };
  await using run = await runInline({ 'a.spec.ts': LOUD }, { env });
  rmSync(cache, { recursive: true });
  expect(run.exitCode).toBe(1);
  expect(run.stdout).toContain('12 tests: 8 passed, 4 failed');
  const [, kept, events] = /(\d+) of (\d+) events kept/.exec(run.stdout) ?? [];
  expect(Number(kept)).toBeLessThan(Number(events));
  expect(run.stdout).toMatch(/Quality Hub: Cannot write the spool .*ENOSPC/);
  expect(readdirSync(tmp).filter(name => /^quality-hub-\w{6}$/.test(name))).toEqual([]);
});

test('a folder that is removed in mid-run is made again with the whole run in it', async () => {
  const spec = LOUD.replace(
    'expect(n',
    "if (n === 5) { fs.rmSync('.quality-hub', { recursive: true }); await new Promise(r => setTimeout(r, 2500)); }\n      expect(n",
  )
    .replace(', () => {\n      for', ', async () => {\n      for')
    .replace('import', "import fs from 'node:fs';\n  import");
  await using run = await runInline({ 'a.spec.ts': spec });
  expectOwnResult(run);
  expect(run.stdout).toMatch(/Quality Hub: \S+\.quality-hub was removed while the tests ran; it was made again/);
  expect(run.stdout).toMatch(/(\d+) of \1 events kept in \.quality-hub/);
  expect(eventStreamContract(run.events)).toEqual([]);
  expectWholeRun(JSON.parse(await quality(run.dir, ['show', '--json'])));
});

test('a folder that is removed by the last test, and cannot be made again, is kept in a temporary one', async () => {
  const spec = LOUD.replace(
    'expect(n',
    "if (n === 11) { fs.rmSync('.quality-hub', { recursive: true }); fs.writeFileSync('.quality-hub', 'in the way'); }\n      expect(n",
  ).replace('import', "import fs from 'node:fs';\n  import");
  await using run = await runInline({ 'a.spec.ts': spec }, { args: ['--workers=1'] });
  expectOwnResult(run);
  const instead = KEPT_IN.exec(run.stdout)?.[1] ?? '';
  expect(run.stdout).toMatch(/(\d+) of \1 events kept/);
  expect(eventStreamContract(readSpools(join(instead, 'spool')))).toEqual([]);
  expectWholeRun(JSON.parse(await quality(run.dir, ['show', '--json'], { QUALITY_HUB_DIR: instead })));
  rmSync(instead, { recursive: true });
});

test('a disk that is taken away in mid-run costs nothing', async () => {
  using disk = smallDisk(8192);
  test.skip(disk.missing !== undefined, disk.missing);
  const spec = LOUD.replace(
    'expect(n',
    `if (n === 5) execFileSync('umount', ['-l', ${JSON.stringify(disk.path)}]);\n      expect(n`,
  ).replace('import', "import { execFileSync } from 'node:child_process';\n  import");
  const home = join(disk.path, 'hub');
  await using run = await runInline({ 'a.spec.ts': spec }, { env: { QUALITY_HUB_DIR: home } });
  expectOwnResult(run);
  expect(run.stdout).toMatch(/(\d+) of \1 events kept/);
  expectWholeRun(JSON.parse(await quality(run.dir, ['show', '--json'], { QUALITY_HUB_DIR: home })));
});
