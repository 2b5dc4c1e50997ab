/** Runs all checks over one project. */
import { dirname, join, resolve } from 'node:path';
import type { CheckResult, Patient } from './check.ts';
import { checkBrowsers } from './checks/browsers.ts';
import { checkCleanupFixtures } from './checks/cleanup-fixtures.ts';
import { checkCopies } from './checks/copies.ts';
import { checkFixtureNames } from './checks/fixture-names.ts';
import { checkFolder } from './checks/folder.ts';
import { checkGlobalTimeout, findJobTimeout } from './checks/global-timeout.ts';
import { checkLeftovers } from './checks/leftovers.ts';
import { checkReporterOrder } from './checks/reporter-order.ts';
import { checkNode, checkPlaywright } from './checks/versions.ts';
import { readSourceFiles } from './fixture-scan/source-files.ts';
import { installedPackage } from './installed-package.ts';
import { probeProject } from './probe-project.ts';
import type { ProjectFacts } from './project-facts.ts';

export interface ExamineOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Path of the configuration, or its folder. */
  readonly config?: string;
}

/** Every check that can be made, in a fixed order. One that cannot be made because of an earlier failure is left out. */
export async function examine({ cwd, env, config }: ExamineOptions): Promise<readonly CheckResult[]> {
  const start = config === undefined ? cwd : resolve(cwd, config);
  const from = /\.[cm]?[jt]s$/.test(start) ? dirname(start) : start;
  const playwright = installedPackage('@playwright/test', from);
  const results = [checkNode(), checkPlaywright(playwright?.version, from)];
  if (!playwright) return [...results, checkFolder({ dir: from, env })];

  const probe = { cli: join(playwright.dir, 'cli.js'), cwd, env, ...(config === undefined ? {} : { config }) };
  const answer = await probeProject(probe);
  if ('problem' in answer) {
    return [...results, checkCopies(from), broken(answer.problem), checkFolder({ dir: from, env })];
  }
  const { facts } = answer;
  const dir = facts.configFile ? dirname(facts.configFile) : from;
  const patient: Patient = { dir, env, facts };
  const files = readSourceFiles(dir);
  const usesOurs = installedPackage('@quality-hub/test', dir) !== undefined;
  return [
    ...results,
    checkCopies(dir),
    configuration(facts, dir),
    checkReporterOrder(patient),
    checkGlobalTimeout(await globalTimeoutInCi(facts, probe), findJobTimeout(dir)),
    checkBrowsers(patient),
    checkFolder(patient),
    await checkLeftovers(patient),
    checkCleanupFixtures(files, dir),
    checkFixtureNames(files, dir, usesOurs),
  ];
}

/** Configurations often set limits only where `CI` is set, so one without is loaded again as CI would. */
async function globalTimeoutInCi(facts: ProjectFacts, probe: Parameters<typeof probeProject>[0]): Promise<number> {
  if (facts.globalTimeoutMs > 0 || probe.env.CI) return facts.globalTimeoutMs;
  const answer = await probeProject({ ...probe, env: { ...probe.env, CI: 'true' } });
  return 'facts' in answer ? answer.facts.globalTimeoutMs : 0;
}

function configuration({ configFile }: ProjectFacts, dir: string): CheckResult {
  const name = 'configuration';
  if (configFile !== undefined) return { name, status: 'ok', message: `${configFile} loads` };
  return {
    name,
    status: 'warn',
    message: `There is no Playwright configuration in ${dir}`,
    remedy: 'Run the doctor in the folder of your suite, or name the configuration with --config',
  };
}

function broken(problem: string): CheckResult {
  return {
    name: 'configuration',
    status: 'fail',
    message: `Playwright cannot load its configuration: ${problem}`,
    remedy:
      'Run `npx playwright test --list` to see all of the error; the other checks need a configuration that loads',
  };
}
