import type { FullConfig } from '@playwright/test/reporter';
import { expect, test } from 'vitest';
import { isListedBehindHtml, runStarted, secretsOf } from './run-facts.ts';

// Only what is read of it: a whole configuration is made by Playwright alone, and child runs test that one.
const config = (more: object): FullConfig =>
  ({
    projects: [],
    reporter: [],
    metadata: {},
    shard: null,
    workers: 2,
    rootDir: '/suite',
    version: '1.65.1',
    ...more,
  }) as never;
const FACTS = { project: 'shop', mode: 'test', run: { runId: 'r' } } as const;

test('shard, seed and commit are told where they are known', () => {
  const metadata = { shuffleSeed: 7, gitCommit: { hash: 'abc', branch: 'main' } };
  expect(runStarted(config({ shard: { current: 2, total: 5 }, metadata }), { ...FACTS, env: {} })).toMatchObject({
    shards: 5,
    shuffleSeed: '7',
    commit: { hash: 'abc', branch: 'main' },
  });
  const bare = runStarted(config({ failOnFlakyTests: true }), { ...FACTS, env: {} });
  expect(bare).toMatchObject({ shards: 1, failOnFlakyTests: true });
  expect(bare).not.toHaveProperty('commit');
  const fromCi = runStarted(config({}), { ...FACTS, env: { CI_COMMIT_SHA: 'def', CI_COMMIT_REF_NAME: 'fix' } });
  expect(fromCi.commit).toEqual({ hash: 'def', branch: 'fix' });
});

test('output folders are told once each, and none where blobs are merged', () => {
  const projects = ['/suite/results', '/suite/results', '/suite/more'].map(outputDir => ({
    dependencies: [],
    outputDir,
  }));
  expect(runStarted(config({ projects }), FACTS).outputDirs).toEqual(['/suite/results', '/suite/more']);
  expect(runStarted(config({ projects }), { ...FACTS, mode: 'merge' })).not.toHaveProperty('outputDirs');
});

test('secrets of all projects are found, and a wrong list is no error here', () => {
  const projects = [
    { use: { qhSecrets: ['one-secret'] } },
    { use: undefined },
    { use: { qhSecrets: 'whole' } },
    { use: { qhSecrets: [3] } },
  ];
  expect(secretsOf(config({ projects }))).toEqual(['one-secret', 'whole']);
});

test.each([
  [[['html'], ['@quality-hub/reporters']], true],
  [[['@quality-hub/reporters'], ['html']], false],
  [[['html']], true],
  [[['list'], ['@quality-hub/reporters']], false],
])('%j: html comes before ours: %s', (reporter, before) => {
  expect(isListedBehindHtml(config({ reporter }))).toBe(before);
});
