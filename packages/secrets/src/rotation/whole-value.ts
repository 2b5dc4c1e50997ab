/** From a new value of one key to what is written under its path. */
import type { StoredSecret } from '@quality-hub/protocol';

/** With the other keys of the path as they were. */
export function whole(
  key: string | undefined,
  before: StoredSecret['value'] | undefined,
  next: unknown,
): StoredSecret['value'] {
  if (key === undefined) return next as StoredSecret['value'];
  if (typeof before === 'string') return JSON.stringify({ ...JSON.parse(before), [key]: next });
  return { ...before, [key]: next };
}
