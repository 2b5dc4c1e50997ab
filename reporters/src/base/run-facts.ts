/** What Playwright's configuration tells of a run: its beginning, its secrets, and the reporters beside ours. */
import { hostname } from 'node:os';
import type { FullConfig } from '@playwright/test/reporter';
import type { RunStartedEvent } from '@quality-hub/protocol';
import type { RunName } from './run-id.ts';

export interface RunFactsOptions {
  readonly project: string;
  readonly mode: 'test' | 'merge';
  readonly run: RunName;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
}

export function runStarted(config: FullConfig, { project, mode, run, env }: RunFactsOptions): RunStartedEvent {
  const commit = commitOf(config, env ?? process.env);
  // Where blobs are merged no test runs, and nothing is left in their folders.
  const folders = mode === 'merge' ? [] : config.projects.map(({ outputDir }) => outputDir).filter(Boolean);
  const outputDirs = [...new Set(folders)];
  const seed = (config.metadata as { shuffleSeed?: unknown } | undefined)?.shuffleSeed;
  return {
    kind: 'run.started',
    project,
    mode,
    shards: config.shard?.total ?? 1,
    startedAt: new Date().toISOString(),
    workers: config.workers,
    projects: config.projects.map(({ name, retries, timeout, dependencies }) => ({
      name,
      retries,
      timeoutMs: timeout,
      dependencies: [...dependencies],
    })),
    rootDir: config.rootDir,
    ...(outputDirs.length === 0 ? {} : { outputDirs }),
    playwrightVersion: config.version,
    nodeVersion: process.versions.node,
    platform: process.platform,
    host: hostname(),
    pid: process.pid,
    failOnFlakyTests: config.failOnFlakyTests === true,
    ...(seed === undefined ? {} : { shuffleSeed: String(seed) }),
    ...(run.ci ? { ci: run.ci } : {}),
    ...(commit ? { commit } : {}),
  };
}

/** Values of the `qhSecrets` option, which the fixtures read in the workers. */
export function secretsOf({ projects }: FullConfig): string[] {
  const lists = projects.map(({ use }) => (use as { qhSecrets?: unknown } | undefined)?.qhSecrets);
  return lists.flat().filter(value => typeof value === 'string');
}

/** The HTML report may serve itself for ever in its `onExit`; listed before us, ours would never be called. */
export function isListedBehindHtml({ reporter }: FullConfig): boolean {
  const names = reporter.map(([name]) => name);
  const html = names.indexOf('html');
  const ours = names.findIndex(name => name.includes('@quality-hub/reporters'));
  return html >= 0 && (ours < 0 || html < ours);
}

export function hasSeal({ reporter }: FullConfig): boolean {
  return reporter.some(
    ([name]) =>
      /@quality-hub[\\/]reporters[\\/]seal/.test(name) || /[\\/]reporters[\\/](?:src|dist)[\\/]seal\.[tj]s$/.test(name),
  );
}

/** Where Playwright was asked for it (`captureGitInfo`), else what CI tells. */
function commitOf(config: FullConfig, env: NodeJS.ProcessEnv): RunStartedEvent['commit'] {
  const git = (config.metadata as { gitCommit?: { hash?: string; branch?: string } } | undefined)?.gitCommit;
  const hash = git?.hash ?? env.GITHUB_SHA ?? env.CI_COMMIT_SHA ?? env.BUILD_SOURCEVERSION ?? env.GIT_COMMIT;
  const branch = git?.branch ?? env.GITHUB_HEAD_REF ?? env.GITHUB_REF_NAME ?? env.CI_COMMIT_REF_NAME ?? env.GIT_BRANCH;
  return hash ? { hash, ...(branch ? { branch } : {}) } : undefined;
}
