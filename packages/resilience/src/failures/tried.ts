/** Notes on an error what had been done before it was given up, for whoever makes a sentence of it. */
import type { Tried } from '../errors.ts';

const TRIED = Symbol.for('@quality-hub/tried');

/** Leaves errors alone that cannot be written to. */
export function markTried(error: unknown, tried: Tried): void {
  if (typeof error !== 'object' || error === null || !Object.isExtensible(error)) return;
  Object.defineProperty(error, TRIED, { value: tried, configurable: true });
}

/** How often and for how long a policy had tried before it threw this error; undefined where none did. */
export function triedOf(error: unknown): Tried | undefined {
  return (error as { readonly [TRIED]?: Tried } | null | undefined)?.[TRIED];
}
