/** The shared tier and its notices: loaded only where there is a store. */
import type { SharedTierOptions } from '../cache-options.ts';
import type { CacheCounts } from '../statistics.ts';
import { Notices } from './notices.ts';
import { SharedTier } from './shared-tier.ts';

/** @throws {OptionError} (`QH_OPTION`) */
export function openShared(
  options: SharedTierOptions,
  around: { readonly now: () => number; readonly counts: CacheCounts },
) {
  return { tier: new SharedTier(options, around), notices: new Notices(options.store, around.now) };
}
