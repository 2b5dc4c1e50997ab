import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import { type InlineResult, runInline } from '@quality-hub/testkit';

const FILES = {
  'a.spec.ts': `
    import { test, expect } from '@quality-hub/test';
    test('passes', () => {});
    test('fails', () => { expect(1).toBe(2); });
  `,
};
const GREEN = { 'a.spec.ts': "import { test } from '@quality-hub/test';\ntest('passes', () => {});\n" };
const CLI = join(process.cwd(), 'packages', 'cli', 'bin', 'quality-hub.mjs');

const show = (run: InlineResult) => promisify(execFile)(process.execPath, [CLI, 'show'], { cwd: run.dir });

/** The suite's own result, whatever happened to the hub. */
function expectOwnResult(run: InlineResult): void {
  expect(run.exitCode).toBe(1);
  expect(run.stdout).toContain('2 tests: 1 passed, 1 failed');
  expect(run.stderr).not.toMatch(/^\s+at /m);
}

test('a corrupt database is left alone by the run, and rebuilt from the spools by show', async () => {
  await using first = await runInline(FILES);
  writeFileSync(first.hubFolder.database, 'this is no database '.repeat(500));
  for (const suffix of ['-wal', '-shm']) rmSync(first.hubFolder.database + suffix, { force: true });
  await using run = await runInline(FILES, { dir: first.dir });
  expectOwnResult(run);
  expect(run.stdout).toMatch(/Quality Hub: .*(damaged|corrupt|no SQLite)/i);

  const { stdout, stderr } = await show(run);
  expect(stderr).toContain('built from the spools');
  expect(stdout).toContain('2 tests: 1 passed, 1 failed');
});

test('a locked database costs the run nothing, and show reads the spool later', async () => {
  await using first = await runInline(FILES);
  const other = new DatabaseSync(first.hubFolder.database);
  other.exec('BEGIN EXCLUSIVE');
  await using run = await runInline(FILES, { dir: first.dir });
  other.exec('ROLLBACK');
  other.close();
  expectOwnResult(run);
  expect(run.stdout).toMatch(/Quality Hub: .*quality-hub show/);
  const { stdout } = await show(run);
  expect(stdout).toMatch(/(\d+) of \1 events kept/);
});

test('a folder that cannot be written changes nothing, and the run is kept in a temporary one', async () => {
  await using run = await runInline({ ...FILES, '.quality-hub': 'a file stands in the way' });
  expectOwnResult(run);
  expect(run.stdout).toMatch(/This run is kept in \S+; read it with QUALITY_HUB_DIR=\S+ npx quality-hub show/);
  rmSync(/This run is kept in (\S+);/.exec(run.stdout)?.[1] ?? '', { recursive: true });
});

test('a database of a newer version is refused with a sentence', async () => {
  await using first = await runInline(FILES);
  const database = new DatabaseSync(first.hubFolder.database);
  database.exec("INSERT INTO schema_version (version, applied_at) VALUES (1000, '2099-01-01T00:00:00.000Z')");
  database.close();
  await using run = await runInline(FILES, { dir: first.dir });
  expectOwnResult(run);
  expect(run.stdout).toMatch(/Quality Hub: .*schema version 1000; .*Update Quality Hub/);
});

test('strict lets an incomplete record fail the run', async () => {
  const config = `
    import { defineConfig } from '@playwright/test';
    import { reporters } from '@quality-hub/reporters/config';
    export default defineConfig({ reporter: reporters('line', { strict: true }) });
  `;
  const files = { ...GREEN, 'playwright.config.ts': config };
  await using complete = await runInline(files);
  expect(complete.exitCode).toBe(0);
  rmSync(complete.hubFolder.path, { recursive: true });
  mkdirSync(join(complete.hubFolder.path, 'hub.db'), { recursive: true });
  await using incomplete = await runInline(files, { dir: complete.dir });
  expect(incomplete.exitCode).toBe(1);
});

test('several runs at once share one folder', async () => {
  await using first = await runInline(GREEN);
  const runs = await Promise.all([1, 2, 3].map(() => runInline({}, { dir: first.dir })));
  for (const run of runs) expect(run.stdout).toMatch(/(\d+) of \1 events kept/);
  const rows = await first.rows('SELECT count(*) AS n FROM runs');
  expect(rows[0]?.n).toBe(4);
});
