/** Makes a policy of its options. */
import { checkPolicyOptions } from './check-options.ts';
import type { PolicyOptions } from './options.ts';
import { Pipeline } from './pipeline/pipeline.ts';
import type { Policy } from './policy.ts';
import { Registry } from './registry.ts';

export interface PolicySeams {
  /** Where its breakers and counts are known; it also has the clock. @default one of its own */
  readonly registry?: Registry;
}

/**
 * Makes a policy. Make it once and call it often: breakers, limits and budgets live as long as it does, one for each target.
 *
 * @throws {OptionError} (`QH_OPTION`) with every wrong name and value in the options.
 */
export function createPolicy(options: PolicyOptions = {}, { registry = new Registry() }: PolicySeams = {}): Policy {
  checkPolicyOptions(options);
  return new Pipeline(options, registry);
}
