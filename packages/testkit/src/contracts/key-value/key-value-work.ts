/** What several callers do to one store at the same time, in one process or in many. */
import type { KeyValueDriver } from '@quality-hub/protocol';

/** Adds 1 to a number, however many others do so: reads, and writes where nobody has written since. */
export async function countOnce(store: KeyValueDriver, key: string): Promise<void> {
  for (;;) {
    const found = await store.get(key);
    const next = String(Number(found?.value ?? 0) + 1);
    if ((await store.set(key, next, { ifVersion: found?.version ?? 0 })) !== undefined) return;
  }
}

/** A value that shows by itself whether all of it was written. */
export function wholeValue(number: number): string {
  return `${number}:${String(number % 10).repeat(20_000)}`;
}

export function isWhole(value: string): boolean {
  return value === wholeValue(Number(value.slice(0, value.indexOf(':'))));
}
