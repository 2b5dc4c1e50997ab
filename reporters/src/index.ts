/**
 * Playwright reporters of Quality Hub.
 *
 * The default export is the reporter itself, for `reporter:` in the config, `--reporter=@quality-hub/reporters` and
 * `--add-reporter=@quality-hub/reporters`.
 */

export { HubReporter, HubReporter as default } from './hub/hub-reporter.ts';
export type { HubReporterOptions, MaskList } from './hub/options.ts';
