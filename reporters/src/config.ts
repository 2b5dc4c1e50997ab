/**
 * `reporters()` for `playwright.config.ts`: ours first, so that others see what is masked and we see what is real.
 *
 * Evaluated in every worker too: imports nothing.
 */
import type { ReporterDescription } from '@playwright/test';
import type { HubReporterOptions } from './hub/options.ts';

export type { HubReporterOptions, MaskList } from './hub/options.ts';

const OURS = '@quality-hub/reporters';

/**
 * Puts our reporter in front of yours.
 *
 * @param theirs What `reporter` held before. Default: what Playwright would use, `dot` in CI and `list` elsewhere.
 * @param options Options of our reporter.
 * @example
 * export default defineConfig({ reporter: reporters([['list'], ['html', { open: 'never' }]]) });
 */
export function reporters(
  theirs: string | readonly (ReporterDescription | string)[] = process.env.CI ? 'dot' : 'list',
  options: HubReporterOptions = {},
): ReporterDescription[] {
  const list = typeof theirs === 'string' ? [theirs] : theirs;
  const others = list.map((entry): ReporterDescription => (typeof entry === 'string' ? [entry] : entry));
  return [[OURS, options], ...others.filter(([name]) => name !== OURS)];
}
