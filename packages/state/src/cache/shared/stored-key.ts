/** Under which keys of a store the values stand. */
import { digest } from '@quality-hub/protocol';
import type { KeyVersion } from '../cache-entry.ts';

/** Before every value. */
export const ENTRIES = 'e/';
/** Before every part of a large one. */
export const PARTS = 'p/';
/** Before every notice that something is not right any more. */
export const NOTICES = 'n/';

/** Leaves room for the name of the store's part. */
const LONGEST = 300;
const NOT_IN_KEYS = /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u;

/** Keys may be any text: what no store takes, and what is too long, is told apart by its digest. */
export function storedKey(namespace: string, key: string, version: KeyVersion | undefined): string {
  const whole = `${ENTRIES}${namespace}//${key}${version === undefined ? '' : `@${version}`}`;
  if (whole.length <= LONGEST && !NOT_IN_KEYS.test(whole)) return whole;
  const start = whole.slice(0, LONGEST - 70).replaceAll(new RegExp(NOT_IN_KEYS, 'gu'), '?');
  return `${start}~${digest(JSON.stringify([namespace, key, version]))}`;
}

/** A part of the path of namespaces, whatever characters it has. */
export function namespacePart(name: string): string {
  return encodeURIComponent(name.toWellFormed());
}
