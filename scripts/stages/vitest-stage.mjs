/** A stage that is one folder of Vitest tests. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { retriedIn } from './retried-tests-reporter.mjs';
import { count } from './tally.mjs';
import { readVitestReport } from './vitest-report.mjs';

const RETRIED = fileURLToPath(new URL('./retried-tests-reporter.mjs', import.meta.url));

/** @param {string} folder from the root */
export function vitestStage(folder) {
  /** @param {{ places: object, tools: ReturnType<import('./tools.mjs').toolsOf>, log: string }} context */
  return async ({ places, tools, log }) => {
    const report = join(places.cache, `${folder.replace('/', '-')}.json`);
    rmSync(report, { force: true });
    const reporters = ['default', 'json', RETRIED].map(name => `--reporter=${name}`);
    const args = ['run', '--root', folder, '--retry=1', ...reporters, `--outputFile.json=${report}`];
    const { code, output } = await tools.vitest(args, { log });
    const result = readVitestReport(report, places.root);
    if (result && (code === 0 || result.failed > 0)) return { ...result, notes: retriedIn(output) };
    return { ...count(0, 1), failures: [`${folder}: its tests did not come to their end`] };
  };
}
