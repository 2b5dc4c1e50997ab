/**
 * `reporters()` for `playwright.config.ts`: ours first, so that others see what is masked and we see what is real; the seal
 * last, so that it masks what they all have written.
 *
 * Evaluated in every worker too: imports nothing.
 */
import type { ReporterDescription } from '@playwright/test';
import type { HubReporterOptions } from './hub/options.ts';
import type { SealOptions } from './seal/options.ts';

export type { HubReporterOptions, MaskList } from './hub/options.ts';
export type { SealOptions } from './seal/options.ts';

const OURS = '@quality-hub/reporters';
const SEAL = '@quality-hub/reporters/seal';

export interface ReportersOptions extends HubReporterOptions {
  /** Options of the seal, which masks and verifies what all reporters have written; false: there is none. @default {} */
  readonly seal?: SealOptions | false;
}

/**
 * Puts our reporter in front of yours, and the seal behind them.
 *
 * @param theirs What `reporter` held before. Default: what Playwright would use, `dot` in CI and `list` elsewhere.
 * @param options Options of our reporter.
 * @example
 * export default defineConfig({ reporter: reporters([['list'], ['html', { open: 'never' }]]) });
 */
export function reporters(
  theirs: string | readonly (ReporterDescription | string)[] = process.env.CI ? 'dot' : 'list',
  { seal = {}, ...options }: ReportersOptions = {},
): ReporterDescription[] {
  const list = typeof theirs === 'string' ? [theirs] : theirs;
  const others = list.map((entry): ReporterDescription => (typeof entry === 'string' ? [entry] : entry));
  return [
    [OURS, options],
    ...others.filter(([name]) => name !== OURS && name !== SEAL),
    ...(seal === false ? [] : [[SEAL, seal] satisfies ReporterDescription]),
  ];
}
