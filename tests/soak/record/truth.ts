/** Reads the ground truth of one run back. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RUNNER_FILE, type RunnerTold, TESTS_FILE, type TestTold } from '../inside/told.ts';

export interface TrueAttempt {
  readonly test: string;
  readonly retry: number;
  /** Playwright's word; undefined where the runner was not told of the end. */
  status: string | undefined;
}

export interface Truth {
  /** Titles; undefined where the run died before its reporters knew them. */
  readonly planned: readonly string[] | undefined;
  /** What the reporters were told, in order, by `attemptName`. */
  readonly attempts: ReadonlyMap<string, TrueAttempt>;
  /** Numbers of the evidence that each attempt gave, in order. */
  readonly evidence: ReadonlyMap<string, readonly number[]>;
  /** Attempts that have come to the end of what they do. */
  readonly done: ReadonlySet<string>;
  /** What the runner said at its end. */
  readonly status: string | undefined;
  /** The most memory the runner was seen to take. */
  readonly mostBytes: number;
}

export function attemptName({ test, retry }: { readonly test: string; readonly retry: number }): string {
  return `${test}, retry ${retry}`;
}

export function readTruth(folder: string): Truth {
  const runner = readLines<RunnerTold>(join(folder, RUNNER_FILE));
  const tests = readLines<TestTold>(join(folder, TESTS_FILE));
  const attempts = new Map<string, TrueAttempt>();
  const evidence = new Map<string, number[]>();
  for (const told of runner) {
    if (told.said === 'began') attempts.set(attemptName(told), { ...told, status: undefined });
    if (told.said === 'ended') attempts.set(attemptName(told), { ...told });
  }
  for (const told of tests) {
    if (told.said === 'evidence')
      evidence.set(attemptName(told), [...(evidence.get(attemptName(told)) ?? []), told.number]);
  }
  return {
    planned: runner.find(told => told.said === 'planned')?.tests,
    attempts,
    evidence,
    done: new Set(tests.filter(({ said }) => said === 'done').map(attemptName)),
    status: runner.find(told => told.said === 'over')?.status,
    mostBytes: runner.find(told => told.said === 'memory')?.mostBytes ?? 0,
  };
}

function readLines<T>(path: string): T[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter(line => line !== '').map(line => JSON.parse(line) as T);
}
