/** What may be said about how a value is kept, and the times that come of it. */
import { closestName, OptionError } from '@quality-hub/protocol';
import type { CacheEntry } from './cache-entry.ts';
import type { Invalidation, KeepOptions, LoadOptions } from './cache-options.ts';
import { examine } from './examine.ts';

const TIMES = ['ttlMs', 'staleWhileRevalidateMs', 'staleIfErrorMs', 'negativeTtlMs', 'patienceMs'] as const;
const NAMES: readonly string[] = [...TIMES, 'tags', 'version', 'secret', 'signal'];
const OUT: readonly string[] = ['key', 'prefix', 'tag', 'olderThanMs'];

/** @throws {OptionError} (`QH_OPTION`) with everything that is wrong. */
export function checkKeep(key: string, options: LoadOptions): void {
  const problems = unknownNames(options, NAMES);
  if (typeof key !== 'string') problems.push(`the key is ${JSON.stringify(key)}, expected text`);
  for (const name of TIMES) {
    const value = options[name];
    if (value !== undefined && !(value >= 0)) problems.push(`${name} is ${value}, expected milliseconds, 0 or more`);
  }
  const { tags = [] } = options;
  if (!Array.isArray(tags) || tags.some(tag => typeof tag !== 'string' || tag === '')) {
    problems.push(`tags is ${JSON.stringify(tags)}, expected a list of names`);
  }
  if (problems.length > 0) throw new OptionError(`cache ${JSON.stringify(String(key).slice(0, 60))}`, problems);
}

/** @throws {OptionError} (`QH_OPTION`) */
export function checkInvalidation(what: Invalidation): void {
  const problems = unknownNames(what, OUT);
  if (Object.values(what).every(value => value === undefined)) problems.push(`expected one of ${OUT.join(', ')}`);
  if (problems.length > 0) throw new OptionError('cache.invalidate', problems);
}

function unknownNames(options: object, names: readonly string[]): string[] {
  return Object.keys(options).flatMap(name => {
    if (names.includes(name)) return [];
    const meant = closestName(name, names);
    return [`there is no ${name}${meant === undefined ? '' : `, did you mean ${meant}?`}`];
  });
}

export interface Loaded {
  readonly namespace: string;
  readonly key: string;
  readonly value: unknown;
  readonly loadedAt: number;
}

/** Times are from the beginning of the load: what was true then is what was loaded. */
export function entryOf({ namespace, key, value, loadedAt }: Loaded, options: KeepOptions, ttlMs: number): CacheEntry {
  const {
    staleWhileRevalidateMs = 0,
    staleIfErrorMs = 0,
    negativeTtlMs = 0,
    tags = [],
    version,
    secret = false,
  } = options;
  const isNothing = value === undefined;
  const freshUntil = loadedAt + (isNothing ? negativeTtlMs : (options.ttlMs ?? ttlMs));
  return {
    namespace,
    key,
    version,
    value,
    ...(isNothing ? { form: 'json', bytes: 8 } : examine(value)),
    tags: [...tags],
    secret,
    loadedAt,
    freshUntil,
    staleUntil: isNothing ? freshUntil : freshUntil + staleWhileRevalidateMs,
    errorUntil: isNothing ? freshUntil : freshUntil + staleIfErrorMs,
    retryAt: 0,
    touched: false,
  };
}
