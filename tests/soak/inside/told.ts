/**
 * The ground truth: what really happened in a run, one line each, written by the run itself without any code of ours.
 * `appendFileSync` is done when it returns, so a line is there even when its process is killed right after it.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';

/** Folder of the two files below, for the run and its workers. */
export const TRUTH_VARIABLE = 'SOAK_TRUTH';

/** What the runner has told its reporters. Ours is listed first: it has returned when a line is written. */
export const RUNNER_FILE = 'runner.ndjson';
/** What the tests have done. */
export const TESTS_FILE = 'tests.ndjson';

export type RunnerTold =
  | { readonly said: 'planned'; readonly tests: readonly string[] }
  | { readonly said: 'began'; readonly test: string; readonly retry: number }
  | { readonly said: 'ended'; readonly test: string; readonly retry: number; readonly status: string }
  | { readonly said: 'over'; readonly status: string }
  | { readonly said: 'memory'; readonly mostBytes: number };

export type TestTold =
  | { readonly said: 'evidence'; readonly test: string; readonly retry: number; readonly number: number }
  | { readonly said: 'done'; readonly test: string; readonly retry: number };

/** Names a test in the truth and in the record: its Playwright project, its file as a title, its own titles. */
export function testName(project: string, file: string, titles: readonly string[]): string {
  return [...(project === '' ? [] : [project]), file, ...titles].join(' › ');
}

export function tell(file: typeof RUNNER_FILE, told: RunnerTold): void;
export function tell(file: typeof TESTS_FILE, told: TestTold): void;
export function tell(file: string, told: RunnerTold | TestTold): void {
  const folder = process.env[TRUTH_VARIABLE];
  if (folder === undefined) throw new Error(`${TRUTH_VARIABLE} names no folder`);
  appendFileSync(join(folder, file), `${JSON.stringify(told)}\n`);
}
