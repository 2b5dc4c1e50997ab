/** Before the run: which tests need which, and which of these needs can never be met. */
import type { FullConfig, Suite, TestCase } from '@playwright/test/reporter';
import { type TestNeed, testNeedsIn } from '@quality-hub/protocol';
import { circleThrough } from './find-cycles.ts';
import { findNeeded, meant, projectOf, saidOf, TestNames } from './find-needed.ts';
import { groupOf, type ModeOf } from './test-groups.ts';
import { asksForAll } from './whole-suite.ts';

export interface FoundNeed {
  readonly said: string;
  readonly tests: readonly FoundTest[];
  /** A sentence without the name of the test that needs it. */
  readonly problem?: string;
  /** Where there is no such test in a run of some tests only: the one that may be meant, as the end of a sentence. */
  readonly meant?: string;
}

export interface FoundTest {
  readonly test: TestCase;
  readonly mayRunBeside: boolean;
}

/** By the test that needs. */
export type FoundNeeds = ReadonlyMap<TestCase, readonly FoundNeed[]>;

export interface PlanFacts {
  readonly config: Pick<FullConfig, 'rootDir' | 'workers' | 'projects'> & {
    readonly argv?: readonly string[];
    readonly metadata?: unknown;
    readonly retryStrategy?: unknown;
  };
  /** All tests of the run, those of other shards with them. */
  readonly suite: Suite;
  readonly modeOf: ModeOf;
}

/** Undefined where no test needs another. */
export function planNeeds({ config, suite, modeOf }: PlanFacts): FoundNeeds | undefined {
  const all = suite.allTests();
  const asking = all.flatMap(test => {
    const needs = testNeedsIn(test.annotations);
    return needs.length === 0 ? [] : [{ test, needs }];
  });
  if (asking.length === 0) return undefined;
  const names = new TestNames(config.rootDir);
  const found = new Map(
    asking.map(({ test, needs }) => [test, needs.map(need => ({ need, tests: findNeeded(need, test, all, names) }))]),
  );
  const order = new Map(all.map((test, index) => [test, index]));
  const isShuffled = (config.metadata as { shuffleSeed?: unknown } | undefined)?.shuffleSeed !== undefined;
  const isWhole = asksForAll(config.argv ?? [], all);
  const neededBy = (test: TestCase): readonly TestCase[] => found.get(test)?.flatMap(({ tests }) => tests) ?? [];
  const waitsFor = projectOrder(config);

  const problemOf = (asker: TestCase, need: TestNeed, tests: readonly TestCase[]): string | undefined => {
    if (tests.length === 0) return isWhole ? `there is no such test${meant(need, all, names)}` : undefined;
    const circle = circleThrough(asker, neededBy);
    if (circle?.[1] !== undefined && tests.includes(circle[1]))
      return `they wait for each other: ${circle.map(test => names.whole(test)).join(' → ')}`;
    for (const test of tests) {
      if (waitsFor(projectOf(test), projectOf(asker)))
        return `${names.whole(test)} is in the project ${projectOf(test)}, which begins when ${projectOf(asker)} has ended`;
      if (isShuffled || (order.get(test) ?? 0) < (order.get(asker) ?? 0) || waitsFor(projectOf(asker), projectOf(test)))
        continue;
      if (groupOf(test, modeOf) === groupOf(asker, modeOf))
        return `${names.whole(test)} comes behind it in the same file: write it above, or put it into a project that this one depends on`;
      if (config.workers === 1)
        return `${names.whole(test)} comes later, and there is one worker: put it into a project that this one depends on`;
    }
    return undefined;
  };
  const mayRunBeside = (asker: TestCase, test: TestCase): boolean =>
    config.workers > 1 &&
    config.retryStrategy !== 'isolated' &&
    !waitsFor(projectOf(asker), projectOf(test)) &&
    groupOf(test, modeOf) !== groupOf(asker, modeOf);

  return new Map(
    [...found].map(([asker, needs]) => [
      asker,
      needs.map(({ need, tests }) => {
        const problem = problemOf(asker, need, tests);
        return {
          said: saidOf(need),
          tests: tests.map(test => ({ test, mayRunBeside: mayRunBeside(asker, test) })),
          ...(problem === undefined ? {} : { problem }),
          ...(tests.length > 0 || isWhole ? {} : { meant: meant(need, all, names) }),
        };
      }),
    ]),
  );
}

/** Whether all tests of the project `first` begin only when those of `second` have ended. */
function projectOrder({ projects }: Pick<FullConfig, 'projects'>): (first: string, second: string) => boolean {
  const direct = new Map(projects.map(({ name, dependencies }) => [name, dependencies]));
  const reach = new Map<string, ReadonlySet<string>>();
  const allOf = (name: string): ReadonlySet<string> => {
    let all = reach.get(name);
    if (all === undefined) {
      const found = new Set<string>();
      const queue = [...(direct.get(name) ?? [])];
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        if (found.has(next)) continue;
        found.add(next);
        queue.push(...(direct.get(next) ?? []));
      }
      all = found;
      reach.set(name, all);
    }
    return all;
  };
  return (first, second) => allOf(first).has(second);
}
