/** In which kind of run the reporter was made, and whether that run is to be recorded. */
import type { FullConfig } from '@playwright/test/reporter';
import { OptionError } from '@quality-hub/protocol';

export type RunMode = 'test' | 'list' | 'merge' | 'interactive';

/** `1` records what UI mode and the editor run too, `0` records nothing. */
const RECORD_VARIABLE = 'QUALITY_HUB_RECORD';

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

/**
 * Runs and merges are recorded, a list never is, and what people try out in UI mode or their editor only when they ask.
 *
 * @throws {OptionError} (`QH_OPTION`) if `QUALITY_HUB_RECORD` is neither 0 nor 1.
 */
export function isRecorded(mode: RunMode, env: NodeJS.ProcessEnv = process.env): boolean {
  if (mode === 'list') return false;
  const asked = env[RECORD_VARIABLE] || undefined;
  if (asked === undefined) return mode !== 'interactive';
  if (asked === '0' || asked === '1') return asked === '1';
  throw new OptionError('Environment', [`${RECORD_VARIABLE} is ${JSON.stringify(asked)}, expected 0 or 1`]);
}
