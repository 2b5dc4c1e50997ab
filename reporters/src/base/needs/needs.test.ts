import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Suite, TestCase, TestResult } from '@playwright/test/reporter';
import type { NeedsPlan } from '@quality-hub/protocol';
import { expect, onTestFinished, test } from 'vitest';
import { circleThrough } from './find-cycles.ts';
import { NeedsRecord } from './needs-record.ts';
import { type FoundNeeds, planNeeds } from './plan-needs.ts';
import { asksForAll } from './whole-suite.ts';

interface Written {
  readonly title: string;
  readonly needs?: string;
  readonly tags?: readonly string[];
  readonly only?: boolean;
  readonly mode?: 'serial' | 'parallel' | 'default';
}

interface Layout {
  readonly workers?: number;
  readonly argv?: readonly string[];
  readonly metadata?: object;
  readonly retryStrategy?: string;
  readonly fileMode?: 'serial' | 'parallel' | 'default';
  readonly dependencies?: Readonly<Record<string, readonly string[]>>;
}

/** The part of Playwright's suite that the plan reads: projects, files, and in each file tests, or groups of them. */
function suiteOf(
  projects: Readonly<Record<string, Readonly<Record<string, readonly (Written | readonly Written[])[]>>>>,
) {
  const modes = new Map<object, string>();
  const all: TestCase[] = [];
  const root = { type: 'root', parent: undefined, allTests: () => all };
  for (const [name, files] of Object.entries(projects)) {
    const project = { type: 'project', title: name, parent: root, project: () => ({ name }) };
    for (const [path, entries] of Object.entries(files)) {
      const file = { type: 'file', title: path, parent: project, project: () => ({ name }) };
      for (const entry of entries) {
        const group = { type: 'describe', title: 'group', parent: file, project: () => ({ name }) };
        const written = Array.isArray(entry) ? (entry as readonly Written[]) : [entry as Written];
        const parent = Array.isArray(entry) ? group : file;
        for (const { title, needs, tags = [], only = false, mode } of written) {
          if (mode) modes.set(parent, mode);
          all.push({
            title,
            tags,
            parent,
            _only: only,
            timeout: 1_000,
            retries: 1,
            repeatEachIndex: 0,
            expectedStatus: 'passed',
            annotations: needs === undefined ? [] : [{ type: 'qh:needs', description: needs }],
            location: { file: `/suite/${path}`, line: 1, column: 1 },
            titlePath: () => ['', name, path, ...(parent === group ? ['group'] : []), title],
          } as unknown as TestCase);
        }
      }
    }
  }
  return { suite: root as unknown as Suite, all, modes };
}

function plan(projects: Parameters<typeof suiteOf>[0], layout: Layout = {}) {
  const { suite, all, modes } = suiteOf(projects);
  const {
    workers = 2,
    argv = ['test'],
    metadata = {},
    fileMode = 'default',
    dependencies = {},
    retryStrategy,
  } = layout;
  const found = planNeeds({
    config: {
      rootDir: '/suite',
      workers,
      argv,
      metadata,
      retryStrategy,
      projects: Object.keys(projects).map(name => ({ name, dependencies: dependencies[name] ?? [] })) as never,
    },
    suite,
    modeOf: group => {
      for (let at: Suite | undefined = group; at; at = at.parent) {
        const mode = modes.get(at) ?? (at.type === 'file' ? fileMode : undefined);
        if (mode) return mode as 'serial' | 'parallel' | 'default';
      }
      return 'default';
    },
  });
  return { found, all };
}

const needsOf = (found: FoundNeeds | undefined, title: string) =>
  [...(found ?? [])].flatMap(([test, needs]) => (test.title === title ? needs : []));
const problem = (projects: Parameters<typeof suiteOf>[0], layout?: Layout) =>
  needsOf(plan(projects, layout).found, 'asks')[0]?.problem;

test('a run in which no test needs another has no plan', () => {
  expect(plan({ p: { 'a.spec.ts': [{ title: 'one' }] } }).found).toBeUndefined();
});

test('a test is found by its title, its groups, the end of its path, and its tags', () => {
  for (const text of [
    'test inner',
    'test group › inner',
    'test a.spec.ts › group › inner',
    'test pay/a.spec.ts › group › inner',
    'tag @x',
  ]) {
    const { found } = plan({
      p: {
        'pay/a.spec.ts': [[{ title: 'inner', tags: ['@x'] }]],
        'b.spec.ts': [{ title: 'asks', needs: text, tags: ['@x'] }],
      },
    });
    expect(
      needsOf(found, 'asks').flatMap(({ tests }) => tests.map(({ test }) => test.title)),
      text,
    ).toEqual(['inner']);
  }
});

test('those of the own project are meant, and others where it has none', () => {
  const setup = { title: 'setup', tags: ['@setup'] };
  const asks = { title: 'asks', needs: 'tag @setup' };
  const { found } = plan({ other: { 'a.spec.ts': [setup] }, own: { 'a.spec.ts': [setup, asks] } });
  expect(needsOf(found, 'asks')[0]?.tests.map(({ test }) => test.titlePath()[1])).toEqual(['own']);
  const elsewhere = plan({ other: { 'a.spec.ts': [setup] }, own: { 'a.spec.ts': [asks] } });
  expect(needsOf(elsewhere.found, 'asks')[0]?.tests.map(({ test }) => test.titlePath()[1])).toEqual(['other']);
});

test('the order of a file counts, unless its tests run beside each other or in any order', () => {
  const late = { p: { 'a.spec.ts': [{ title: 'asks', needs: 'test late' }, { title: 'late' }] } };
  expect(problem(late)).toMatch(/^a\.spec\.ts › late comes behind it in the same file/);
  expect(problem(late, { fileMode: 'parallel' })).toBeUndefined();
  expect(problem(late, { fileMode: 'parallel', workers: 1 })).toMatch(/comes later, and there is one worker/);
  expect(problem(late, { metadata: { shuffleSeed: '7' } })).toBeUndefined();
  const inGroup = { title: 'late', mode: 'serial' } as const;
  expect(
    problem({ p: { 'a.spec.ts': [[{ title: 'asks', needs: 'test late' }, inGroup]] } }, { fileMode: 'parallel' }),
  ).toMatch(/in the same file/);
  const early = { p: { 'a.spec.ts': [{ title: 'early' }, { title: 'asks', needs: 'test early' }] } };
  expect(problem(early)).toBeUndefined();
});

test('projects are in the order of their dependencies, over several of them', () => {
  const layout = { dependencies: { shop: ['users'], users: ['setup'] } };
  const files = (asker: string, needed: string) => ({
    setup: {
      's.spec.ts': [{ title: 'signs in' }, ...(asker === 'setup' ? [{ title: 'asks', needs: `test ${needed}` }] : [])],
    },
    users: { 'u.spec.ts': [{ title: 'has users' }] },
    shop: {
      'o.spec.ts': [{ title: 'buys' }, ...(asker === 'shop' ? [{ title: 'asks', needs: `test ${needed}` }] : [])],
    },
  });
  expect(problem(files('setup', 'buys'), layout)).toBe(
    'o.spec.ts › buys is in the project shop, which begins when setup has ended',
  );
  expect(problem(files('shop', 'signs in'), { ...layout, workers: 1 })).toBeUndefined();
});

test('only across groups and workers can an end be waited for', () => {
  const apart = { p: { 'a.spec.ts': [{ title: 'other' }], 'b.spec.ts': [{ title: 'asks', needs: 'test other' }] } };
  const waits = (layout?: Layout) => needsOf(plan(apart, layout).found, 'asks')[0]?.tests[0]?.mayRunBeside;
  expect(waits()).toBe(true);
  expect(waits({ workers: 1 })).toBe(false);
  expect(waits({ retryStrategy: 'isolated' })).toBe(false);
});

test('circles are found, by the shortest way', () => {
  const next: Record<string, readonly string[]> = { a: ['b', 'c'], b: ['d'], c: ['a'], d: ['a'], e: ['a'] };
  expect(circleThrough('a', node => next[node] ?? [])).toEqual(['a', 'c', 'a']);
  expect(circleThrough('e', node => next[node] ?? [])).toBeUndefined();
  // Who needs a circle is not in it.
  const { found } = plan({
    p: {
      'a.spec.ts': [
        { title: 'one', needs: 'test one' },
        { title: 'asks', needs: 'test one' },
      ],
    },
  });
  expect(needsOf(found, 'one')[0]?.problem).toMatch(/wait for each other/);
  expect(needsOf(found, 'asks')[0]?.problem).toBeUndefined();
});

test('a test that is not there is a mistake only where all tests were asked for', () => {
  const missing = {
    p: {
      'a.spec.ts': [
        { title: 'signs in', tags: ['@setup'] },
        { title: 'asks', needs: 'test sings in' },
      ],
    },
  };
  expect(problem(missing)).toBe('there is no such test; did you mean "signs in"?');
  expect(problem(missing, { argv: ['test', '-g', 'asks'] })).toBeUndefined();
  const { all } = plan(missing);
  const whole = (...argv: string[]) => asksForAll(argv, all);
  expect(whole('test', '--workers', '4', '--retries=1', '-j', '2', '--headed', '-c', 'other.config.ts')).toBe(true);
  for (const chosen of [['a.spec.ts'], ['--grep=x'], ['--last-failed'], ['--project', 'p'], ['--not-known']]) {
    expect(whole('test', ...chosen), chosen.join(' ')).toBe(false);
  }
  expect(whole()).toBe(false);
  const only = plan({ p: { 'a.spec.ts': [{ title: 'asks', needs: 'tag @none', only: true }] } });
  expect(asksForAll(['test'], only.all)).toBe(false);
});

test('the plan and the ends of needed tests are written for the workers, masked, and again in another place', () => {
  const { found, all } = plan({
    p: { 'a.spec.ts': [{ title: 'hunter2' }, { title: 'asks', needs: 'test hunter2' }, { title: 'not needed' }] },
  });
  const folder = () => {
    const path = mkdtempSync(join(tmpdir(), 'qh-needs-'));
    onTestFinished(() => rmSync(path, { recursive: true, force: true }));
    return path;
  };
  const [needed, , other] = all as [TestCase, TestCase, TestCase];
  const record = new NeedsRecord({
    found: found as FoundNeeds,
    selected: all.slice(1),
    isSharded: true,
    keyOf: one => `key of ${all.indexOf(one)}`,
    titleOf: one => one.title.replace('hunter2', '***'),
    maskText: text => text.replace('hunter2', '***'),
  });
  const first = folder();
  const path = record.write(first, 2) ?? '';
  const written = JSON.parse(readFileSync(path, 'utf8')) as NeedsPlan;
  expect(written).toMatchObject({
    needed: ['key of 0'],
    needs: {
      'key of 1': [{ said: 'the test "***"', tests: [{ test: 'key of 0', title: '***', absent: 'other-shard' }] }],
    },
  });
  // The other shard, in which the needed one runs, tells of it.
  const theirs = new NeedsRecord({
    found: found as FoundNeeds,
    selected: [needed],
    isSharded: true,
    keyOf: one => `key of ${all.indexOf(one)}`,
    titleOf: one => one.title,
    maskText: text => text,
  });
  const told = JSON.parse(readFileSync(theirs.write(folder(), 1) ?? '', 'utf8')) as NeedsPlan;
  expect(told).toMatchObject({ needs: {}, needed: [], neededElsewhere: { 'key of 0': 1 } });
  const result = (status: TestResult['status'], retry = 0) =>
    ({ status, retry, annotations: [] as object[] }) as TestResult;
  record.began(needed);
  record.ended(needed, result('failed'));
  record.ended(other, result('passed'));
  const second = folder();
  const moved = JSON.parse(readFileSync(record.write(second, 2) ?? '', 'utf8')) as NeedsPlan;
  record.ended(needed, result('passed', 1));
  record.ended(needed, result('skipped'));
  record.ended(needed, result('timedOut', 1));
  record.ended(needed, result('interrupted'));
  const states = (file: string) =>
    readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map(line => (JSON.parse(line) as { state: string }).state);
  expect(states(written.results)).toEqual(['running', 'again']);
  expect(states(moved.results)).toEqual(['running', 'again', 'passed', 'skipped', 'failed', 'failed']);
  expect(record.write(join(first, 'not', 'there'), 2)).toBeUndefined();
  // What nobody knows of is told once, whatever the number of attempts and tests.
  expect(record.unknown).toBeUndefined();
  const without = (...texts: string[]): TestResult => ({
    ...result('passed'),
    annotations: texts.map(description => ({ type: 'qh:needs-unknown', description })),
  });
  record.ended(other, without('hunter2: not in this run'));
  record.ended(other, without('hunter2: not in this run'));
  expect(record.unknown).toBe('1 test has run, and nobody knows of what it needs: ***: not in this run');
  record.ended(needed, without('b', 'c', 'd'));
  expect(record.unknown).toBe(
    '2 tests have run, and nobody knows of what they need: ***: not in this run; b; c; and 1 more',
  );
});
