/** Unit tests of every package through turbo, with the coverage of each. What has not changed is not run again. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cachedNote } from './check.mjs';
import { retriedIn } from './retried-tests-reporter.mjs';
import { count, sum } from './tally.mjs';
import { readVitestReport } from './vitest-report.mjs';

export const LINES_WANTED_PERCENT = 90;

const VITEST_ARGS = [
  '--reporter=default',
  '--reporter=json',
  '--outputFile.json=coverage/tests.json',
  `--reporter=${fileURLToPath(new URL('./child-coverage-reporter.mjs', import.meta.url))}`,
  // Real processes on a busy machine: once more, and whoever needed it is named.
  '--retry=1',
  `--reporter=${fileURLToPath(new URL('./retried-tests-reporter.mjs', import.meta.url))}`,
  // Many tests start child runs and browsers, and a small machine runs several of them at once.
  '--testTimeout=120000',
  '--hookTimeout=120000',
  '--coverage.enabled',
  '--coverage.reportOnFailure',
  '--coverage.provider=v8',
  '--coverage.include=src/**/*.ts',
  '--coverage.exclude=src/**/*.test.ts',
  '--coverage.exclude=src/testing/**',
  '--coverage.reporter=text',
  '--coverage.reporter=json-summary',
];

/** @param {{ places: object, tools: ReturnType<import('./tools.mjs').toolsOf>, log: string }} context */
export async function unit({ places, tools, log }) {
  const tested = places.packages.filter(hasTestScript);
  // A report of an earlier run must not be read as this one's; turbo puts those back that are still true.
  for (const folder of tested) rmSync(join(folder, 'coverage'), { recursive: true, force: true });
  const turbo = await tools.turbo(['run', 'test', '--continue=always', '--concurrency=2', '--', ...VITEST_ARGS], {
    log,
  });
  const results = tested.map(folder => resultOf(folder, places.root));
  const failures = results.flatMap(each => each.failures);
  if (turbo.code !== 0 && failures.length === 0) failures.push('turbo run test failed without a failed test');
  const total = sum(results);
  if (turbo.code !== 0 && total.failed === 0) total.failed = 1;
  const coverage = results.map(each => each.coverage).join(', ');
  return {
    ...total,
    failures,
    notes: [`turbo: ${cachedNote(turbo.output)}`, `lines covered: ${coverage}`, ...retriedIn(turbo.output)],
  };
}

function resultOf(folder, root) {
  const name = relative(root, folder);
  const tests = readVitestReport(join(folder, 'coverage', 'tests.json'), root);
  if (!tests)
    return { ...count(0, 1), failures: [`${name}: its tests did not come to their end`], coverage: `${name} ?` };
  const covered = linesCovered(join(folder, 'coverage', 'coverage-summary.json'));
  const enough = covered >= LINES_WANTED_PERCENT;
  const failures = enough ? [] : [`${name}: ${covered} % of lines covered, ${LINES_WANTED_PERCENT} % wanted`];
  return {
    ...sum([tests, count(enough ? 1 : 0, enough ? 0 : 1)]),
    failures: [...tests.failures, ...failures],
    coverage: `${name} ${covered} %`,
  };
}

function linesCovered(path) {
  if (!existsSync(path)) return 0;
  const { pct } = JSON.parse(readFileSync(path, 'utf8')).total.lines;
  return typeof pct === 'number' ? pct : 0;
}

function hasTestScript(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).scripts?.test !== undefined;
}
