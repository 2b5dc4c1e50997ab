import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import { eventStreamContract, type InlineResult, runInline } from '@quality-hub/testkit';

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
  database.exec("INSERT INTO schema_version SELECT max(version) + 1, '2099-01-01T00:00:00.000Z' FROM schema_version");
  database.close();
  await using run = await runInline(FILES, { dir: first.dir });
  expectOwnResult(run);
  expect(run.stdout).toMatch(/Quality Hub: .*schema version \d+; .*Update Quality Hub/);
});

/** Loaded into every thread of the run; acts in the hub's thread only, a moment after it has begun to follow. */
const inTheHubsThread = (work: string): string => `
  import { isMainThread, workerData } from 'node:worker_threads';
  if (!isMainThread && workerData?.runId !== undefined && workerData?.folder !== undefined) setTimeout(() => { ${work} }, 300);
`;

for (const [trouble, work, sentence] of [
  ['throws', "throw new Error('boom')", /Quality Hub: The hub could not follow this run \(boom\)/],
  [
    'calls process.exit',
    'process.exit(3)',
    /Quality Hub: The hub could not follow this run \(its thread ended early\)/,
  ],
  ['hangs', 'for (;;);', /Quality Hub: The hub was not ready within 1\.5 s/],
  [
    'runs out of memory',
    'const all = []; for (;;) all.push(new Array(100_000).fill({}).map((_, n) => ({ n })));',
    /Quality Hub: The hub could not follow this run \(.*memory/,
  ],
] as const) {
  test(`a hub's thread that ${trouble} costs the run nothing, and one sentence`, async () => {
    const config = `
      import { defineConfig } from '@playwright/test';
      import { reporters } from '@quality-hub/reporters/config';
      export default defineConfig({ workers: 1, reporter: reporters('line', { finishTimeoutMs: ${trouble === 'hangs' ? 1500 : 20_000} }) });
    `;
    const spec = FILES['a.spec.ts'].replace('() => {}', 'async () => { await new Promise(r => setTimeout(r, 2500)); }');
    const files = { 'playwright.config.ts': config, 'a.spec.ts': spec, 'trouble.mjs': inTheHubsThread(work) };
    await using empty = await runInline(files, { args: ['--list'] });
    const preload = `--import=${pathToFileURL(join(empty.dir, 'trouble.mjs')).href}`;
    await using run = await runInline(
      {},
      { dir: empty.dir, env: { NODE_OPTIONS: `--max-old-space-size=200 ${preload}` } },
    );
    expectOwnResult(run);
    expect(run.stdout).toMatch(sentence);
    expect(run.stdout.match(/^Quality Hub: /gm)).toHaveLength(1);
    expect(run.stdout).toMatch(/(\d+) of \1 events kept in the spool/);
    expect((await show(run)).stdout).toContain('2 tests: 1 passed, 1 failed');
  });
}

test('a clock that is set forward and back while the tests run changes no result, no length and no order', async () => {
  const clock = `
    import { existsSync, readFileSync } from 'node:fs';
    const real = Date.now;
    let shiftMs = 0;
    const shift = () => shiftMs;
    setInterval(() => { if (existsSync('shift.txt')) shiftMs = Number(readFileSync('shift.txt', 'utf8')); }, 20).unref();
    const RealDate = Date;
    globalThis.Date = class extends RealDate {
      constructor(...args) { if (args.length === 0) super(real() + shift()); else super(...args); }
      static now() { return real() + shift(); }
    };
  `;
  const spec = `
    import { renameSync, writeFileSync } from 'node:fs';
    import { test, expect } from '@quality-hub/test';
    const set = hours => { writeFileSync('shift.new', String(hours * 3_600_000)); renameSync('shift.new', 'shift.txt'); };
    for (let n = 0; n < 8; n++) {
      test('test ' + n, async () => {
        if (n === 2) set(6);
        if (n === 4) set(-6);
        await test.step('waits', () => new Promise(r => setTimeout(r, 200)));
        console.log('line ' + n);
        expect(n).not.toBe(5);
      });
    }
  `;
  await using empty = await runInline({ 'a.spec.ts': spec, 'clock.mjs': clock }, { args: ['--list'] });
  const preload = `--import=${pathToFileURL(join(empty.dir, 'clock.mjs')).href}`;
  await using run = await runInline({}, { dir: empty.dir, args: ['--workers=1'], env: { NODE_OPTIONS: preload } });
  expect(run.exitCode).toBe(1);
  expect(run.stdout).toContain('8 tests: 7 passed, 1 failed');
  expect(run.stdout).toMatch(/(\d+) of \1 events kept in \.quality-hub/);
  expect(run.stdout).not.toMatch(/^Quality Hub: /m);
  expect(eventStreamContract(run.events)).toEqual([]);

  const reporter = run.events.filter(({ writer }) => writer.startsWith('r-'));
  expect(reporter.map(({ at }) => at)).toEqual(reporter.map(({ at }) => at).sort());
  // The clock did jump while the tests ran.
  const times = reporter.map(({ at }) => Date.parse(at));
  expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(3 * 3_600_000);
  for (const event of run.events) {
    if (event.kind === 'test.ended' || event.kind === 'run.ended') {
      expect(event.durationMs).toBeGreaterThanOrEqual(0);
      expect(event.durationMs).toBeLessThan(60_000);
    }
    if (event.kind === 'test.steps') for (const step of event.steps) expect(step.durationMs).toBeGreaterThanOrEqual(0);
  }
  const { run: facts, counts } = await run.report();
  expect(facts).toMatchObject({ state: 'finished', status: 'failed' });
  expect(counts).toMatchObject({ planned: 8, passed: 7, failed: 1, lost: 0 });
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
