/** A plan in the making: what its parts add to, and how they read files and name them. */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { FileChange } from './setup-plan.ts';

/** What the parts of a plan add to. */
export interface Draft {
  readonly root: string;
  readonly changes: FileChange[];
  readonly byHand: string[];
  readonly notes: string[];
}

/** The path for a reader who stands in the root. */
export function shown({ root }: Pick<Draft, 'root'>, path: string): string {
  return relative(root, path).replaceAll('\\', '/');
}

/** Only what can be written back byte for byte. */
export function readText(draft: Draft, path: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(path));
  } catch (error) {
    const why =
      (error as NodeJS.ErrnoException).code === 'ERR_ENCODING_INVALID_ENCODED_DATA'
        ? 'is not UTF-8'
        : `cannot be read (${(error as Error).message})`;
    draft.byHand.push(`${shown(draft, path)} ${why} and is left as it is`);
    return undefined;
  }
}
