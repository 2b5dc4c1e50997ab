/** Runs a small project with the real Playwright CLI in a child process. */
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { hubFolderFor } from '@quality-hub/telemetry';
import { cleanEnvironment } from './clean-environment.ts';
import { makeScratchFolder, playwrightCli, writeProject } from './inline-project.ts';
import { type InlineResult, inlineResult } from './inline-result.ts';
import { runChild, type SignalPlan } from './run-child.ts';
import { markSpools, readSpools } from './spool-events.ts';

export interface InlineOptions {
  /** Arguments behind `playwright test`. */
  readonly args?: readonly string[];
  /** Added to the cleaned environment; `undefined` removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /**
   * Folder of the project, for a second run in the same place or one outside the workspace. It is made when missing and
   * never removed. @default a fresh folder that is removed with the result
   */
  readonly dir?: string;
  /** Kills the runner at a chosen moment. */
  readonly signal?: SignalPlan;
  /** Longest time the run may take. At the deadline its whole process tree is killed. @default 60000 */
  readonly timeoutMs?: number;
}

/**
 * Writes `files` as a Playwright project and runs `playwright test` there: real runner, workers, browser, files.
 *
 * The project finds the packages of the workspace around `process.cwd()`. Without a configuration among the files it
 * gets one with two workers and our reporter. Variables of the CI, of an outer run and of Vitest are removed. The folder
 * stays when the environment variable `QH_KEEP` is set.
 *
 * @throws {InlineTimeoutError} (`QH_INLINE_TIMEOUT`) if the run does not end in time.
 * @throws {InlineRunError} (`QH_INLINE_RUN`) if Playwright is not found, or the run ends before its signal was due.
 */
export function runInline(files: Readonly<Record<string, string>>, options: InlineOptions = {}): Promise<InlineResult> {
  const temporary = options.dir === undefined;
  const dir = resolve(options.dir ?? makeScratchFolder(process.cwd()));
  return runPlaywright('test', { dir, temporary, files }, options);
}

export interface InlineProject {
  readonly dir: string;
  /** True where the folder goes away with the result. */
  readonly temporary: boolean;
  readonly files: Readonly<Record<string, string>>;
}

/** One Playwright command in a project folder; `test` and `merge-reports` share it. */
export async function runPlaywright(
  command: string,
  { dir, temporary, files }: InlineProject,
  { args = [], env: extra, signal, timeoutMs = 60_000 }: InlineOptions,
): Promise<InlineResult> {
  mkdirSync(dir, { recursive: true });
  writeProject(dir, files);
  const env = cleanEnvironment(process.env, extra);
  const moved = env.QUALITY_HUB_DIR;
  const hubFolder = hubFolderFor(dir, moved ? { QUALITY_HUB_DIR: resolve(dir, moved) } : {});
  const marks = markSpools(hubFolder.spools);
  const child = await runChild({
    args: [playwrightCli(dir), command, ...args],
    cwd: dir,
    env,
    timeoutMs,
    ...(signal === undefined ? {} : { signal }),
  });
  const events = readSpools(hubFolder.spools, marks);
  return inlineResult({ child, dir, hubFolder, events, temporary });
}
