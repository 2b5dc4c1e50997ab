/** In which kind of run the reporter was made, and whether that run is to be recorded. */
import type { FullConfig } from '@playwright/test/reporter';

export type RunMode = 'test' | 'list' | 'merge' | 'interactive';

/**
 * `_mode` is what Playwright tells reporters when it makes them. UI mode and the editor's test server run in one
 * long-lived process: `--ui` is among the arguments of the first, the second has none at all.
 */
export function runMode(playwrightMode: unknown, config: Pick<FullConfig, 'argv'>): RunMode {
  if (playwrightMode === 'list' || playwrightMode === 'merge') return playwrightMode;
  const argv = (config as { argv?: readonly string[] }).argv ?? [];
  if (argv.length === 0) return 'interactive';
  return argv.some(arg => /^--ui(?:-host|-port)?(?:=|$)/.test(arg) || arg === 'test-server') ? 'interactive' : 'test';
}
