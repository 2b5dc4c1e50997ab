/** Finds the tests that a need means, among all tests of the run. */
import type { TestCase } from '@playwright/test/reporter';
import { closestName, relativePosix, type TestNeed } from '@quality-hub/protocol';

/** What the tests of a suite are called, each asked for once. */
export class TestNames {
  readonly #rootDir: string;
  readonly #names = new Map<TestCase, readonly string[]>();

  constructor(rootDir: string) {
    this.#rootDir = rootDir;
  }

  /** All names of a test: its title, with its groups, and with its file or the end of its path. */
  of(test: TestCase): readonly string[] {
    let names = this.#names.get(test);
    if (names === undefined) {
      const [, , , ...titles] = test.titlePath();
      const joined = titles.join(' › ');
      const parts = relativePosix(this.#rootDir, test.location.file).split('/');
      const files = parts.map((_, index) => parts.slice(index).join('/'));
      names = [...new Set([test.title, joined, ...files.map(file => `${file} › ${joined}`)])];
      this.#names.set(test, names);
    }
    return names;
  }

  /** The name that no other test of the project has: file and titles. */
  whole(test: TestCase): string {
    const [, , , ...titles] = test.titlePath();
    return [relativePosix(this.#rootDir, test.location.file), ...titles].join(' › ');
  }
}

export function saidOf({ by, text }: TestNeed): string {
  return by === 'tag' ? `the tests tagged ${text}` : `the test "${text}"`;
}

/**
 * Those of the test's own Playwright project, where there are some; else those of all others. A test that has the tag which
 * it needs does not need itself.
 */
export function findNeeded(need: TestNeed, asker: TestCase, all: readonly TestCase[], names: TestNames): TestCase[] {
  const found = all.filter(
    test =>
      test.repeatEachIndex === asker.repeatEachIndex &&
      (need.by === 'tag' ? test !== asker && test.tags.includes(need.text) : names.of(test).includes(need.text)),
  );
  const own = found.filter(test => projectOf(test) === projectOf(asker));
  return own.length > 0 ? own : found;
}

/** `; did you mean @setup?` */
export function meant(need: TestNeed, all: readonly TestCase[], names: TestNames): string {
  const known = new Set(all.flatMap(test => (need.by === 'tag' ? test.tags : names.of(test))));
  const closest = closestName(need.text, [...known]);
  return closest === undefined ? '' : `; did you mean ${need.by === 'tag' ? closest : `"${closest}"`}?`;
}

export function projectOf(test: TestCase): string {
  return test.parent.project()?.name ?? '';
}
