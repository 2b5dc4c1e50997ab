/** Everyone imports the same Playwright: a second copy of `@playwright/test` stops the run when it is loaded. */
import type { CheckResult } from '../check.ts';
import { directPackages, type InstalledPackage, installedPackage } from '../installed-package.ts';

const TEST = '@playwright/test';
const LIBRARY = 'playwright';

interface Copy {
  readonly copy: InstalledPackage;
  /** Who would import it. */
  readonly by: string;
}

export function checkCopies(dir: string): CheckResult {
  const name = 'playwright-copies';
  const users = packagesAround(dir);
  const tests = distinct([
    importedBy('your tests', TEST, dir),
    ...users.map(user => importedBy(user.name, TEST, user.dir)),
  ]);
  if (tests.length > 1) {
    return {
      name,
      status: 'fail',
      message: `There are ${tests.length} copies of ${TEST}: ${describe(tests)}`,
      remedy: `Keep one: give all packages the same version range and make ${TEST} a peer dependency of packages with fixtures`,
    };
  }
  const [test] = tests;
  const libraries = distinct([
    test && importedBy(TEST, LIBRARY, test.copy.dir),
    importedBy('your tests', LIBRARY, dir),
    ...users.map(user => importedBy(user.name, LIBRARY, user.dir)),
  ]);
  if (libraries.length > 1) {
    return {
      name,
      status: 'warn',
      message: `There are ${libraries.length} copies of ${LIBRARY}: ${describe(libraries)}`,
      remedy: `Import from ${TEST} alone, or give ${LIBRARY} the version of ${TEST}`,
    };
  }
  return { name, status: 'ok', message: `One copy of ${TEST}` };
}

/** Installed packages that use Playwright, and ours with them. */
function packagesAround(dir: string): readonly InstalledPackage[] {
  const ours = ['@quality-hub/test', '@quality-hub/reporters'].flatMap(name => installedPackage(name, dir) ?? []);
  return [...directPackages(dir), ...ours].filter(
    ({ name, needs }) => name !== TEST && needs.some(need => need === TEST || need === LIBRARY),
  );
}

function importedBy(by: string, name: string, from: string): Copy | undefined {
  const copy = installedPackage(name, from);
  return copy && { copy, by };
}

function distinct(copies: readonly (Copy | undefined)[]): readonly Copy[] {
  const byFolder = new Map<string, Copy>();
  for (const found of copies) if (found && !byFolder.has(found.copy.dir)) byFolder.set(found.copy.dir, found);
  return [...byFolder.values()];
}

function describe(copies: readonly Copy[]): string {
  return copies.map(({ copy, by }) => `${copy.version} in ${copy.dir} (for ${by})`).join(', ');
}
