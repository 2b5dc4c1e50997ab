import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { runInline } from '@quality-hub/testkit';
import { startTestServer } from './interactive/test-server.ts';

/** What a long-lived process still holds after a run, written by the last reporter as its last act. */
interface Held {
  readonly heapBytes: number;
  readonly rssBytes: number;
  readonly intervals: number;
  readonly fds: number;
  readonly threads: number;
  readonly listeners: number;
  readonly resources: string;
  readonly handoff: boolean;
}

const FILES = {
  'playwright.config.ts': `
    import { defineConfig } from '@playwright/test';
    import { reporters } from '@quality-hub/reporters/config';
    export default defineConfig({ workers: 1, reporter: reporters([['./held.ts']]) });
  `,
  'held.ts': `
    import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
    // Timers that do not keep the process alive are in no list of Node's.
    const intervals = (globalThis.liveIntervals ??= watchIntervals());
    function watchIntervals() {
      const live = new Set();
      const { setInterval, clearInterval } = globalThis;
      globalThis.setInterval = (...args) => { const timer = setInterval(...args); live.add(timer); return timer; };
      globalThis.clearInterval = timer => { live.delete(timer); clearInterval(timer); };
      return live;
    }
    export default class Held {
      constructor(options) { this.isList = options._mode === 'list'; }
      printsToStdio() { return true; }
      async onExit() {
        if (this.isList) return;
        // What is being closed gets a moment.
        await new Promise(done => setTimeout(done, 50));
        globalThis.gc?.(); globalThis.gc?.();
        const held = {
          heapBytes: process.memoryUsage().heapUsed,
          rssBytes: process.memoryUsage().rss,
          intervals: intervals.size,
          fds: readdirSync('/proc/self/fd').length,
          threads: Number(/^Threads:\\s+(\\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]),
          listeners: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
          resources: process.getActiveResourcesInfo().sort().join(' '),
          handoff: process.env.QUALITY_HUB_HANDOFF !== undefined,
        };
        appendFileSync('held.ndjson', JSON.stringify(held) + '\\n');
      }
    }
  `,
  'a.spec.ts': `
    import { test, expect } from '@quality-hub/test';
    test('passes', async ({ hub }) => { hub.evidence('seen'); });
    test('fails', () => { expect(1).toBe(2); });
  `,
};

test.describe.configure({ mode: 'parallel' });
test.skip(process.platform !== 'linux', 'open files and threads are counted through /proc');

test('twenty recorded runs of one editor process leave nothing behind in it', async () => {
  test.setTimeout(180_000);
  await using project = await runInline(FILES, { args: ['--list'] });
  expect(existsSync(project.hubFolder.path), 'a list makes no folder').toBe(false);
  await using server = await startTestServer(project.dir, ['test-server'], { QUALITY_HUB_RECORD: '1' });
  for (let run = 0; run < 20; run++) {
    expect(await server.call('runTests', { locations: [] })).toEqual({ status: 'failed' });
  }
  const runs = await project.rows('SELECT state, counts FROM runs');
  expect(runs).toHaveLength(20);
  for (const { state, counts } of runs) {
    expect([state, JSON.parse(String(counts))]).toMatchObject(['finished', { planned: 2, passed: 1, failed: 1 }]);
  }
  const held = project
    .file('held.ndjson')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Held);
  expect(held).toHaveLength(20);
  const [, , , , fifth] = held;
  const last = held.at(-1);
  if (!fifth || !last) throw new Error('Twenty runs were made');
  const { heapBytes, rssBytes, ...rest } = last;
  expect({ ...fifth, ...rest }).toEqual({ ...fifth, handoff: false });
  // What Playwright itself gathers in fifteen runs is below 1 MB of heap.
  expect(heapBytes - fifth.heapBytes).toBeLessThan(3 * 1024 * 1024);
  expect(rssBytes - fifth.rssBytes).toBeLessThan(60 * 1024 * 1024);
});

for (const [name, args] of [
  ['the editor', ['test-server']],
  ['UI mode', ['test', '--ui-host=127.0.0.1', '--ui-port=0']],
] as const) {
  test(`${name} records nothing unless asked`, async () => {
    await using project = await runInline(FILES, { args: ['--list'] });
    await using server = await startTestServer(project.dir, args);
    await server.call('listTests', {});
    for (let run = 0; run < 2; run++) {
      expect(await server.call('runTests', { locations: [] })).toEqual({ status: 'failed' });
    }
    expect(project.file('held.ndjson').trim().split('\n')).toHaveLength(2);
    expect(existsSync(project.hubFolder.path)).toBe(false);
    expect(server.output()).not.toContain('Quality Hub');
  });
}

test('UI mode is recorded when asked, and what it is asked with is checked', async () => {
  await using project = await runInline(FILES, { args: ['--list'], env: { QUALITY_HUB_RECORD: '1' } });
  expect(existsSync(project.hubFolder.path), 'a list is not recorded though asked').toBe(false);
  {
    await using server = await startTestServer(project.dir, ['test', '--ui-port=0'], { QUALITY_HUB_RECORD: '1' });
    await server.call('runTests', { locations: [], grep: 'passes' });
    expect(server.output()).toContain('Quality Hub  1 test: 1 passed');
  }
  expect((await project.report()).counts).toMatchObject({ planned: 1, passed: 1 });
  await using wrong = await runInline(
    {},
    { dir: project.dir, args: ['--grep=passes'], env: { QUALITY_HUB_RECORD: 'yes' } },
  );
  expect(wrong.exitCode).toBe(0);
  expect(wrong.events).toEqual([]);
  expect(wrong.stdout).toContain('Quality Hub: Environment: QUALITY_HUB_RECORD is "yes", expected 0 or 1');
  await using off = await runInline(
    {},
    { dir: project.dir, args: ['--grep=passes'], env: { QUALITY_HUB_RECORD: '0' } },
  );
  expect([off.exitCode, off.events, off.stdout.includes('Quality Hub')]).toEqual([0, [], false]);
  expect(existsSync(join(project.hubFolder.path, 'hub.db'))).toBe(true);
});
