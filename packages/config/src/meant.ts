/** What a misspelt name was meant to be. */
import { closestName } from '@quality-hub/protocol';

/** A sentence's end for a name that is none of `names`. */
export function meant(wrong: string, names: readonly string[]): string {
  const name = closestName(wrong, names);
  if (name !== undefined) return `; did you mean ${name}?`;
  return names.length === 0 ? '; the configuration names none' : `; there are ${names.join(', ')}`;
}
