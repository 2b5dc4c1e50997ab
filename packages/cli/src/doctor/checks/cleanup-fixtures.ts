/** Fixtures that clean up have time of their own: a hanging neighbour silently takes it from those that share one. */
import { relative } from 'node:path';
import type { CheckResult } from '../check.ts';
import type { SourceFile } from '../fixture-scan/source-files.ts';

const SHOWN = 5;

/** A hint, not a proof: it reads the text of `extend({ … })` calls below the configuration's folder. */
export function checkCleanupFixtures(files: readonly SourceFile[], dir: string): CheckResult {
  const name = 'cleanup-fixtures';
  const found: string[] = [];
  for (const file of files) {
    for (const fixture of file.extends.flatMap(call => call.fixtures)) {
      if (!fixture.cleansUp || fixture.ownTimeout || fixture.workerScoped) continue;
      found.push(`${fixture.name} (${relative(dir, file.path)}:${fixture.line})`);
    }
  }
  if (found.length === 0) return { name, status: 'ok', message: 'No fixture seems to clean up in shared time' };
  const more = found.length > SHOWN ? ` and ${found.length - SHOWN} more` : '';
  const [subject, verb] = found.length === 1 ? ['This fixture', 'seems'] : ['These fixtures', 'seem'];
  return {
    name,
    status: 'warn',
    message: `${subject} ${verb} to clean up without a timeout of ${found.length === 1 ? 'its' : 'their'} own: ${found.slice(0, SHOWN).join(', ')}${more}`,
    remedy:
      'Give them one, `[async ({}, use) => { … }, { timeout: 30_000 }]`: when another teardown hangs, Playwright skips those without',
  };
}
