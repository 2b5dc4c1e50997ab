/** Who may know Playwright. A new version of it then touches few places. */
import type { Rule } from '../rule.ts';

const PLAYWRIGHT = /^(@playwright\/|playwright(-core)?(\/|$))/;

export const packagesDoNotKnowPlaywright: Rule = {
  name: 'no package imports Playwright, testkit aside',
  check: tree =>
    tree.files.flatMap(({ path, imports, package: owner }) =>
      imports
        .filter(
          ({ specifier }) => path.startsWith('packages/') && owner?.name !== 'testkit' && PLAYWRIGHT.test(specifier),
        )
        .map(
          ({ specifier, line }) =>
            `${path}:${line} imports ${specifier}: only fixtures, reporters and testkit know Playwright`,
        ),
    ),
};

export const reportersTakeTypesOnly: Rule = {
  name: 'reporters take only types from Playwright, and the shapes of its reporter from one door',
  check: tree =>
    tree.files.flatMap(({ path, imports, isTest }) =>
      imports
        .filter(({ specifier }) => path.startsWith('reporters/src/') && !isTest && PLAYWRIGHT.test(specifier))
        .flatMap(({ specifier, line, typeOnly }) => {
          const where = `${path}:${line} imports ${specifier}`;
          if (!typeOnly)
            return [`${where}: a reporter that loads Playwright can load a second copy; use "import type"`];
          if (specifier === '@playwright/test/reporter') return [];
          const isConfig = specifier === '@playwright/test' && path === 'reporters/src/config.ts';
          return isConfig ? [] : [`${where}: take the types of "@playwright/test/reporter"`];
        }),
    ),
};

export const shapesStayInBase: Rule = {
  name: "the shapes of Playwright's reporter objects are known to reporters/src/base and to the reporters themselves",
  check: tree =>
    tree.files.flatMap(({ path, imports, isTest }) =>
      imports
        .filter(
          ({ specifier }) => specifier === '@playwright/test/reporter' && path.startsWith('reporters/src/') && !isTest,
        )
        .filter(() => !path.startsWith('reporters/src/base/') && !isReporter(path))
        .map(
          ({ specifier, line }) =>
            `${path}:${line} imports ${specifier}: translate in reporters/src/base and pass protocol's words on`,
        ),
    ),
};

/** The doors, and a file that is a reporter: its callbacks have Playwright's types. */
function isReporter(path: string): boolean {
  return /^reporters\/src\/[^/]+\.ts$/.test(path) || path.endsWith('-reporter.ts');
}
