/** What keys, values and lifetimes may be: the same in every driver, so that a suite can change from one to another. */
import { OptionError, type SetOptions } from '@quality-hub/protocol';

/** Longest key, in characters. */
export const KEY_LIMIT = 512;
/** Longest value, in characters: the store is for small texts. */
export const VALUE_LIMIT = 1_048_576;

/** Control characters, halves of characters, and code points that are none: stores order and keep them differently. */
const NOT_IN_KEYS = /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u;

/** @throws {OptionError} (`QH_OPTION`) that names every problem. */
export function checkEntry(key: string, value: string, { ttlMs, ifVersion }: SetOptions): void {
  const problems = keyProblems('key', key);
  if (typeof value !== 'string' || !value.isWellFormed()) problems.push('the value is not well-formed text');
  else if (value.length > VALUE_LIMIT) {
    problems.push(`the value has ${value.length} characters, expected at most ${VALUE_LIMIT}`);
  }
  if (ttlMs !== undefined && !(Number.isFinite(ttlMs) && ttlMs > 0)) {
    problems.push(`ttlMs is ${ttlMs}, expected a number of milliseconds above 0`);
  }
  refuse(key, [...problems, ...versionProblems(ifVersion)]);
}

/** @throws {OptionError} (`QH_OPTION`) */
export function checkKey(key: string, ifVersion?: number): void {
  refuse(key, [...keyProblems('key', key), ...versionProblems(ifVersion)]);
}

/** @throws {OptionError} (`QH_OPTION`) */
export function checkPrefix(prefix: string): void {
  if (prefix !== '') refuse(prefix, keyProblems('prefix', prefix));
}

export function keyProblems(what: string, key: string): string[] {
  if (typeof key !== 'string' || key === '') return [`the ${what} is ${JSON.stringify(key)}, expected text`];
  if (key.length > KEY_LIMIT) return [`the ${what} has ${key.length} characters, expected at most ${KEY_LIMIT}`];
  const wrong = NOT_IN_KEYS.exec(key);
  if (!wrong) return [];
  return [
    `the ${what} holds U+${wrong[0].codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}, which no ${what} may`,
  ];
}

function versionProblems(ifVersion: number | undefined): string[] {
  if (ifVersion === undefined || (Number.isSafeInteger(ifVersion) && ifVersion >= 0)) return [];
  return [`ifVersion is ${ifVersion}, expected a version, or 0 for "there is none"`];
}

function refuse(key: unknown, problems: readonly string[]): void {
  if (problems.length === 0) return;
  throw new OptionError(`state ${JSON.stringify(String(key).slice(0, 60))}`, problems);
}
