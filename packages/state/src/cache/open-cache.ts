/** Opens a cache: loads what its tiers need. */

import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { OptionError } from '@quality-hub/protocol';
import { Cache } from './cache.ts';
import { CacheCore } from './cache-core.ts';
import type { CacheOptions } from './cache-options.ts';
import { coarseClock } from './clock.ts';
import { keeperOf, MemoryTier } from './memory/memory-tier.ts';
import { noCounts } from './statistics.ts';

const TTL_MS = 300_000;

/**
 * A cache of this process, over a store where one is given.
 *
 * @throws {OptionError} (`QH_OPTION`) with everything that is wrong.
 */
export async function openCache(options: CacheOptions = {}): Promise<Cache> {
  const { memory = {}, shared, ttlMs = TTL_MS, onTrouble = () => {}, now = coarseClock() } = options;
  const { sleep = (ms, signal) => setTimeout(ms, undefined, { signal }) } = options;
  const { owner = { id: `cache-${process.pid}-${randomBytes(6).toString('hex')}` } } = options;
  const problems = [
    ...[memory.maxEntries, memory.maxBytes].flatMap((value, index) =>
      value === undefined || (Number.isInteger(value) && value >= 1)
        ? []
        : [`memory.${index === 0 ? 'maxEntries' : 'maxBytes'} is ${value}, expected a whole number of at least 1`],
    ),
    ...(memory.kind === undefined || ['lru', 'node-cache'].includes(memory.kind)
      ? []
      : [`memory.kind is ${JSON.stringify(memory.kind)}, expected 'lru' or 'node-cache'`]),
    ...(memory.kind === 'node-cache' && (memory.maxEntries ?? memory.maxBytes) !== undefined
      ? ["memory.kind is 'node-cache', which has no bounds: leave maxEntries and maxBytes out, or take 'lru'"]
      : []),
    ...(ttlMs >= 0 ? [] : [`ttlMs is ${ttlMs}, expected milliseconds, 0 or more`]),
  ];
  if (problems.length > 0) throw new OptionError('cache', problems);
  const counts = noCounts();
  const tiers = shared && (await import('./shared/open-shared.ts')).openShared(shared, { now, counts });
  const core = new CacheCore({
    memory: new MemoryTier({ keeper: await keeperOf(memory), onEvicted: () => counts.memoryEvictions++ }),
    shared: tiers?.tier,
    notices: tiers?.notices,
    leases: shared?.leases,
    owner,
    ttlMs,
    counts,
    onTrouble,
    now,
    sleep,
  });
  // What was said before it began is about nothing that it has.
  if (tiers) await core.look();
  return new Cache(core, '', ttlMs, () => core.settle());
}
