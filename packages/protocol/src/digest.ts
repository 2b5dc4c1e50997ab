/** SHA-256 of a string, synchronous everywhere: identities are made inside callbacks of the runner, in workers and on the page. */
import { portableDigest } from './portable-digest.ts';

/** What this module asks of Node, where there is one. */
interface MaybeNode {
  readonly process?: { getBuiltinModule?(id: 'node:crypto'): { hash?(algorithm: string, data: string): string } };
}

/**
 * The lower-case hex SHA-256 of `text` in UTF-8, cut to `length` digits (64 at most). Node's own hash is taken where it is
 * at hand: it needs a tenth of the time.
 */
export function digest(text: string, length = 64): string {
  const hash = (globalThis as MaybeNode).process?.getBuiltinModule?.('node:crypto').hash;
  return (hash ? hash('sha256', text) : portableDigest(text)).slice(0, length);
}
