import { expect, test } from '@playwright/test';
import { type InlineResult, runInline } from '@quality-hub/testkit';

test.describe.configure({ timeout: 240_000 });

const IMPORTS = `import { test, expect, needs } from '@quality-hub/test';\n`;

interface Ended {
  readonly status: string;
  readonly reason?: string | undefined;
  readonly error?: string | undefined;
  readonly unknown?: string | undefined;
}

/** The last attempt of each test, by title. */
function ends(run: InlineResult): Readonly<Record<string, Ended>> {
  const titles = new Map<string, string>();
  const all: Record<string, Ended> = {};
  for (const event of run.events) {
    if (event.kind === 'test.planned') {
      for (const { test: key, identity } of event.tests) titles.set(key, identity.titlePath.at(-1) ?? '');
    }
    if (event.kind !== 'test.ended') continue;
    const said = (type: string) => event.annotations.find(annotation => annotation.type === type)?.description;
    all[titles.get(event.test) ?? event.test] = {
      status: event.status,
      reason: said('qh:blocked'),
      unknown: said('qh:needs-unknown'),
      error: event.errors[0]?.message,
    };
  }
  return all;
}

test('who needs a test that failed or was skipped is blocked, and whoever needs those is as well', async () => {
  await using run = await runInline({
    'a.spec.ts': `${IMPORTS}
      test('passes', { tag: '@good' }, () => {});
      test('fails', () => { throw new Error('no'); });
      test.skip('left out', () => {});
      test('needs good', needs({ test: 'passes' }), () => {});
      test('needs bad', needs({ test: 'a.spec.ts › fails' }), () => { throw new Error('never'); });
      test('needs the blocked', needs({ test: 'needs bad' }), () => { throw new Error('never'); });
      test('needs the left out', needs({ test: 'left out' }), () => { throw new Error('never'); });
      test('needs a tag', needs({ tag: '@good' }), () => {});
      test.describe('group', needs({ test: ['passes', 'fails'] }), () => { test('inner', () => { throw new Error('never'); }); });`,
  });
  const all = ends(run);
  expect(all['needs good']?.status, run.output).toBe('passed');
  expect(all['needs a tag']?.status).toBe('passed');
  expect(all['needs bad']).toMatchObject({ status: 'skipped', reason: 'it needs a.spec.ts › fails, which failed' });
  expect(all['needs the blocked']).toMatchObject({
    status: 'skipped',
    reason: 'it needs a.spec.ts › needs bad, which was skipped',
  });
  expect(all['needs the left out']?.reason).toBe('it needs a.spec.ts › left out, which was skipped');
  expect(all['inner']?.status).toBe('skipped');
  const { counts } = await run.report();
  expect(counts).toMatchObject({ planned: 9, passed: 3, failed: 1, blocked: 4, skipped: 1 });
});

test('what can never be met is said before the run, and fails the tests that have it', async () => {
  await using run = await runInline({
    'a.spec.ts': `${IMPORTS}
      test('one', needs({ test: 'two' }), () => {});
      test('two', needs({ test: 'one' }), () => {});
      test('misspelt', needs({ test: 'sings in' }), () => {});
      test('no such tag', needs({ tag: '@setpu' }), () => {});
      test('too early', needs({ test: 'signs in' }), () => {});
      test('signs in', { tag: '@setup' }, () => {});
      test('itself', needs({ test: 'itself' }), () => {});
      test('fine', () => {});`,
  });
  const all = ends(run);
  const failsWith = (title: string, text: string) => {
    expect(all[title]?.status, title).toBe('failed');
    expect(all[title]?.error, title).toContain(text);
    expect(run.stderr).toContain(text);
  };
  failsWith('one', 'they wait for each other: a.spec.ts › one → a.spec.ts › two → a.spec.ts › one');
  failsWith('two', 'they wait for each other: a.spec.ts › two → a.spec.ts › one → a.spec.ts › two');
  failsWith('misspelt', 'there is no such test; did you mean "signs in"?');
  failsWith('no such tag', 'there is no such test; did you mean @setup?');
  failsWith('too early', 'a.spec.ts › signs in comes behind it in the same file: write it above');
  failsWith('itself', 'they wait for each other: a.spec.ts › itself → a.spec.ts › itself');
  expect(all['fine']?.status).toBe('passed');
  expect(run.exitCode).toBe(1);
});

test('across workers the end of the needed test is waited for, with its retries', async () => {
  await using run = await runInline(
    {
      'a.spec.ts': `${IMPORTS}
        test('slow', async () => { await new Promise(resolve => setTimeout(resolve, 2_000)); });
        test('flaky', async ({}, info) => { await new Promise(resolve => setTimeout(resolve, 500)); expect(info.retry).toBe(1); });`,
      'b.spec.ts': `${IMPORTS}
        test('needs slow', needs({ test: 'slow' }), () => {});
        test('needs flaky', needs({ test: 'a.spec.ts › flaky' }), () => {});`,
    },
    { args: ['--workers=2', '--retries=1'] },
  );
  expect(ends(run)).toMatchObject({ 'needs slow': { status: 'passed' }, 'needs flaky': { status: 'passed' } });
  expect(run.output).toContain('1 flaky');
});

test('with one worker a later test is refused, and the last attempt counts where it comes before', async () => {
  await using run = await runInline(
    {
      'a.spec.ts': `${IMPORTS}
        test('flaky', ({}, info) => { expect(info.retry).toBe(1); });
        test('needs flaky', needs({ test: 'flaky' }), () => {});
        test('needs later', needs({ test: 'b.spec.ts › later' }), () => {});`,
      'b.spec.ts': `${IMPORTS} test('later', () => {}); test('needs earlier', needs({ test: 'flaky' }), () => {});`,
    },
    { args: ['--workers=1', '--retries=1'] },
  );
  const all = ends(run);
  expect(all['needs flaky'], run.output).toMatchObject({ status: 'passed' });
  expect(all['needs later']?.error).toContain('b.spec.ts › later comes later, and there is one worker');
  expect(all['needs earlier']?.status).toBe('passed');
});

test('an isolated retry comes when all others have ended: it is not waited for', async () => {
  await using run = await runInline({
    'playwright.config.ts': `import { defineConfig } from '@playwright/test';
export default defineConfig({ workers: 2, retries: 1, retryStrategy: 'isolated', reporter: [['@quality-hub/reporters']] });`,
    'a.spec.ts': `${IMPORTS} test('flaky', ({}, info) => { expect(info.retry).toBe(1); });
      test('needs flaky', needs({ test: 'flaky' }), () => {});`,
  });
  expect(ends(run)['needs flaky'], run.output).toMatchObject({
    status: 'skipped',
    reason: 'it needs a.spec.ts › flaky, which failed, and whose next attempt comes behind this test',
  });
});

test('projects: one that is depended on is always ready, one that begins later is refused', async () => {
  await using run = await runInline({
    'playwright.config.ts': `import { defineConfig } from '@playwright/test';
export default defineConfig({ workers: 2, reporter: [['@quality-hub/reporters']], projects: [
  { name: 'setup', testMatch: 'setup.spec.ts' },
  { name: 'shop', testMatch: 'shop.spec.ts', dependencies: ['setup'] } ] });`,
    'setup.spec.ts': `${IMPORTS}
      test('signs in', { tag: '@setup' }, () => {});
      test('wrong way', needs({ test: 'buys' }), () => {});`,
    'shop.spec.ts': `${IMPORTS} test('buys', needs({ tag: '@setup' }), () => {});`,
  });
  expect(ends(run)['wrong way']?.error).toContain(
    'shop.spec.ts › buys is in the project shop, which begins when setup has ended',
  );
});

test('where the needed test is not in the run, qhAbsentNeeds decides', async () => {
  const files = {
    'a.spec.ts': `${IMPORTS}
      test('signs in', () => {});
      test('buys', needs({ test: 'signs in' }), () => {});
      test.describe('strict', () => { test.use({ qhAbsentNeeds: 'block' }); test('buys more', needs({ test: 'signs in' }), () => {}); });`,
  };
  await using chosen = await runInline(files, { args: ['-g', 'buys'] });
  expect(ends(chosen)).toMatchObject({
    buys: { status: 'passed', unknown: 'the test "signs in": not in this run' },
    'buys more': { status: 'skipped', reason: 'it needs the test "signs in": not in this run' },
  });
  expect(chosen.stdout).toContain(
    'Quality Hub: 1 test has run, and nobody knows of what it needs: the test "signs in": not in this run\n',
  );
  await using sharded = await runInline(files, { args: ['--shard=2/2', '--fully-parallel'] });
  const all = ends(sharded);
  expect(all['buys more'], sharded.output).toMatchObject({
    status: 'skipped',
    reason: expect.stringContaining('in another shard'),
  });
});

test('a name of nothing is told in a run of some tests, and refused in a run of all', async () => {
  const files = {
    'a.spec.ts': `${IMPORTS}
      test('signs in', () => {});
      test('buys', needs({ test: 'sings in' }), () => {});
      test('pays', needs({ test: ['sings in', 'never written'] }), () => {});
      test('ships', needs({ test: 'signs in' }), () => {});`,
    'b.spec.ts': `${IMPORTS} test('other', () => {});`,
  };
  await using some = await runInline(files, { args: ['a.spec.ts'] });
  const asked = 'the test "sings in": not in this run; did you mean "signs in"?';
  expect(ends(some)).toMatchObject({
    buys: { status: 'passed', unknown: asked },
    pays: { status: 'passed', unknown: asked },
    ships: { status: 'passed', unknown: undefined },
  });
  expect(some.stdout).toContain(
    `Quality Hub: 2 tests have run, and nobody knows of what they need: ${asked}; the test "never written": not in this run\n`,
  );
  await using all = await runInline(files);
  expect(ends(all)['buys']).toMatchObject({
    status: 'failed',
    error: expect.stringContaining('there is no such test; did you mean "signs in"?'),
  });
  expect(all.stdout).not.toContain('nobody knows');
});

test('shards that have a state in common know of each other', async () => {
  const url = process.env['QH_REDIS_URL'];
  test.skip(url === undefined, 'there is no Redis: set QH_REDIS_URL');
  const files = {
    'quality-hub.config.ts': `import { defineHub } from '@quality-hub/test/config';
      export default defineHub({ state: { kind: 'redis', url: '${url}', prefix: 'needs-${Date.now()}:' } });`,
    'a.spec.ts': `${IMPORTS}
      test('passes late', async () => { await new Promise(resolve => setTimeout(resolve, 3_000)); });
      test('fails', () => { throw new Error('no'); });`,
    'b.spec.ts': `${IMPORTS}
      test('needs the late', needs({ test: 'passes late' }), () => {});
      test('needs the failing', needs({ test: 'fails' }), () => {});`,
  };
  const env = { QUALITY_HUB_RUN_ID: `shards-${Date.now()}` };
  const shards = await Promise.all(
    ['1/2', '2/2'].map(shard => runInline(files, { args: [`--shard=${shard}`], env, timeoutMs: 180_000 })),
  );
  try {
    const all = Object.assign({}, ...shards.map(ends)) as ReturnType<typeof ends>;
    expect(all, shards.map(({ output }) => output).join('\n')).toMatchObject({
      'passes late': { status: 'passed' },
      'needs the late': { status: 'passed', unknown: undefined },
      'needs the failing': { status: 'skipped', reason: 'it needs a.spec.ts › fails, which failed' },
    });
  } finally {
    for (const shard of shards) await shard[Symbol.asyncDispose]();
  }
});

test('without our reporter the test runs, and says that nobody knows', async () => {
  await using run = await runInline(
    {
      'a.spec.ts': `${IMPORTS}
        test('fails', () => { throw new Error('no'); });
        test('needs it', needs({ test: 'fails' }), async ({}, info) => {
          expect(info.annotations.map(({ type }) => type)).toContain('qh:needs-unknown');
        });`,
    },
    { args: ['--reporter=line'] },
  );
  expect(run.output).toContain('1 passed');
});
