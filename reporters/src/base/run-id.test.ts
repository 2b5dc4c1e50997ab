import { expect, test } from 'vitest';
import { nameRun } from './run-id.ts';

const NOW = new Date('2026-01-02T03:04:05.678Z');

test('a laptop gets the time and four random digits', () => {
  expect(nameRun('shop', {}, NOW).runId).toMatch(/^20260102-030405-[\da-f]{4}$/);
});

test('QUALITY_HUB_RUN_ID names the run, made harmless for paths', () => {
  expect(
    nameRun('shop', { QUALITY_HUB_RUN_ID: 'nightly 7/../x', GITHUB_ACTIONS: 'true', GITHUB_RUN_ID: '1' }).runId,
  ).toBe('nightly-7-..-x');
});

test.each([
  [
    { GITHUB_ACTIONS: 'true', GITHUB_RUN_ID: '77', GITHUB_SERVER_URL: 'https://git.example', GITHUB_REPOSITORY: 'a/b' },
    '77-shop',
    'https://git.example/a/b/actions/runs/77',
  ],
  [
    { GITLAB_CI: 'true', CI_PIPELINE_ID: '88', CI_PIPELINE_URL: 'https://ci.example/88' },
    '88-shop',
    'https://ci.example/88',
  ],
  [
    { TF_BUILD: 'True', BUILD_BUILDID: '9', SYSTEM_COLLECTIONURI: 'https://az.example/', SYSTEM_TEAMPROJECT: 'p' },
    '9-shop',
    'https://az.example/p/_build/results?buildId=9',
  ],
  [
    { JENKINS_URL: 'x', JOB_NAME: 'e2e/main', BUILD_NUMBER: '3', BUILD_URL: 'https://j.example/3' },
    'e2e-main-3-shop',
    'https://j.example/3',
  ],
  [
    { CIRCLECI: 'true', CIRCLE_WORKFLOW_ID: 'w', CIRCLE_BUILD_URL: 'https://c.example/w' },
    'w-shop',
    'https://c.example/w',
  ],
  [
    { BUILDKITE: 'true', BUILDKITE_BUILD_ID: 'b', BUILDKITE_BUILD_URL: 'https://b.example/b' },
    'b-shop',
    'https://b.example/b',
  ],
])('all jobs of a pipeline share one id (%#)', (env, runId, buildUrl) => {
  const name = nameRun('shop', env);
  expect(name).toMatchObject({ runId, ci: { buildUrl } });
});

test('a pipeline without its id falls back to the time, and is still named', () => {
  const name = nameRun('shop', { GITHUB_ACTIONS: 'true' }, NOW);
  expect(name.runId).toMatch(/^20260102/);
  expect(name.ci).toEqual({ name: 'GitHub Actions' });
});
