/** Which tests Playwright runs one after the other in one worker: those of one file, where nothing says otherwise. */
import type { Suite, TestCase } from '@playwright/test/reporter';

export type ModeOf = (suite: Suite) => 'serial' | 'parallel' | 'default';

/**
 * What two tests share where they are in one group. `repeatEach` and `test.use` of options of the worker divide further: who
 * is told apart here may still be together there.
 */
export function groupOf(test: TestCase, modeOf: ModeOf): object {
  const parents: Suite[] = [];
  for (let suite: Suite | undefined = test.parent; suite && suite.type !== 'root'; suite = suite.parent) {
    parents.unshift(suite);
  }
  const file = parents.find(({ type }) => type === 'file') ?? test.parent;
  const firstParallel = parents.findIndex(suite => modeOf(suite) === 'parallel');
  if (firstParallel < 0) return file;
  // A group in it that runs in order stays together.
  return parents.slice(firstParallel).find(suite => modeOf(suite) !== 'parallel') ?? test;
}
