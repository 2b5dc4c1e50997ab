/** A stage that is one run of Playwright from the root. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readPlaywrightReport } from './playwright-report.mjs';
import { count } from './tally.mjs';

/**
 * @param {{ folder: string, project?: string, extra?: Record<string, string> }} what
 *   `folder` decides whether there is anything to run; without `project`, what `npx playwright test` runs by itself
 */
export function playwrightStage({ folder, project, extra = {} }) {
  /** @param {{ places: object, tools: ReturnType<import('./tools.mjs').toolsOf>, log: string }} context */
  return async ({ places, tools, log }) => {
    if (!hasTests(join(places.root, folder))) return undefined;
    const report = join(places.cache, `${folder.replace('/', '-')}.json`);
    rmSync(report, { force: true });
    // Added, not set: the suite runs with the reporters of its own config, as a user's does.
    // Runs of real processes on a busy machine get a second try, and the report names whoever needed it.
    const args = ['test', '--add-reporter=json', ...(project ? [`--project=${project}`, '--retries=1'] : [])];
    const { code } = await tools.playwright(args, { log, extra: { ...extra, PLAYWRIGHT_JSON_OUTPUT_FILE: report } });
    const result = readPlaywrightReport(report);
    if (!result) return { ...count(0, 1), failures: [`${folder}: Playwright did not come to its end`] };
    if (code !== 0 && result.failed === 0) {
      result.failed = 1;
      result.failures.push(`${folder}: every test passed, yet Playwright ended with code ${code}`);
    }
    return result;
  };
}

function hasTests(folder) {
  if (!existsSync(folder)) return false;
  return readdirSync(folder, { recursive: true }).some(
    name => /\.(spec|test)\.ts$/.test(name) && !name.includes('node_modules'),
  );
}
