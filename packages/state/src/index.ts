/**
 * What workers share: small texts under keys, each with a version and a lifetime.
 *
 * Knows keys and bytes; does not know breakers, tokens or leases, which are kept in it. The driver for one machine is
 * `@quality-hub/state/sqlite`.
 */

export { createMemoryDriver, type MemoryDriverOptions } from './drivers/memory.ts';
export { createMemoryLeases, type MemoryLeasesOptions } from './drivers/memory-leases.ts';
export { KEY_LIMIT, VALUE_LIMIT } from './entry-rules.ts';
export { StateError, type StateErrorCode } from './errors.ts';
export { Fence } from './locks/fence.ts';
export { prefixed } from './prefixed.ts';
