/** Names the run: one id for all shards and retries of a CI pipeline, a new one on a laptop. */
import { randomBytes } from 'node:crypto';

interface Pipeline {
  readonly name: string;
  /** True for a variable that only this service sets. */
  readonly variable: string;
  /** Variables that together name the pipeline's run, the same in all its jobs and retries. */
  readonly id: readonly string[];
  readonly buildUrl?: (env: NodeJS.ProcessEnv) => string | undefined;
}

const PIPELINES: readonly Pipeline[] = [
  {
    name: 'GitHub Actions',
    variable: 'GITHUB_ACTIONS',
    id: ['GITHUB_RUN_ID'],
    buildUrl: env =>
      env.GITHUB_SERVER_URL && `${env.GITHUB_SERVER_URL}/${env.GITHUB_REPOSITORY}/actions/runs/${env.GITHUB_RUN_ID}`,
  },
  { name: 'GitLab CI', variable: 'GITLAB_CI', id: ['CI_PIPELINE_ID'], buildUrl: env => env.CI_PIPELINE_URL },
  {
    name: 'Azure Pipelines',
    variable: 'TF_BUILD',
    id: ['BUILD_BUILDID'],
    buildUrl: env =>
      env.SYSTEM_COLLECTIONURI &&
      `${env.SYSTEM_COLLECTIONURI}${env.SYSTEM_TEAMPROJECT}/_build/results?buildId=${env.BUILD_BUILDID}`,
  },
  { name: 'Jenkins', variable: 'JENKINS_URL', id: ['JOB_NAME', 'BUILD_NUMBER'], buildUrl: env => env.BUILD_URL },
  { name: 'CircleCI', variable: 'CIRCLECI', id: ['CIRCLE_WORKFLOW_ID'], buildUrl: env => env.CIRCLE_BUILD_URL },
  { name: 'Buildkite', variable: 'BUILDKITE', id: ['BUILDKITE_BUILD_ID'], buildUrl: env => env.BUILDKITE_BUILD_URL },
];

export interface RunName {
  readonly runId: string;
  readonly ci?: { readonly name: string; readonly buildUrl?: string };
}

/**
 * `QUALITY_HUB_RUN_ID`, else the id of the CI pipeline with the name of the hub project, else the time and four random
 * digits. Two suites of one pipeline need different project names, or they are taken for shards of one run.
 */
export function nameRun(project: string, env: NodeJS.ProcessEnv = process.env, now = new Date()): RunName {
  const pipeline = PIPELINES.find(({ variable }) => env[variable]);
  const buildUrl = pipeline?.buildUrl?.(env);
  const ci = pipeline && { ci: { name: pipeline.name, ...(buildUrl ? { buildUrl } : {}) } };
  if (env.QUALITY_HUB_RUN_ID) return { runId: safe(env.QUALITY_HUB_RUN_ID), ...ci };
  const parts = pipeline?.id.map(variable => env[variable]);
  if (parts?.every(Boolean)) return { runId: safe([...parts, project].join('-')), ...ci };
  const stamp = now.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return { runId: `${stamp}-${randomBytes(2).toString('hex')}`, ...ci };
}

/** Ids become folder names and parts of commands. */
function safe(id: string): string {
  return id.replace(/[^\w.-]+/g, '-').slice(0, 100);
}
