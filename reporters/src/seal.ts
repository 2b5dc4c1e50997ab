/**
 * The seal, a reporter for the last place of the list: `reporters([…])` puts it there.
 *
 * Masks what all reporters and tests have written, and fails the run where a secret of this run is still in it.
 */
export type { SealOptions } from './seal/options.ts';
export { SealReporter, SealReporter as default } from './seal/seal-reporter.ts';
