/** Masks the text files that lie in a folder, as a killed run has left them. */
import { isUtf8 } from 'node:buffer';
import { type Dirent, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mask } from './mask.ts';
import { replaceFile } from './replace-file.ts';

/** A larger text is not loaded into memory. */
const LARGEST_BYTES = 64 * 1024 * 1024;

/** Paths from the folder, in order. */
export interface MaskedFolder {
  /** Text files that held something to mask. */
  readonly changed: readonly string[];
  /** Files that are no UTF-8 text, or larger than 64 MiB: a secret may be in them. */
  readonly unread: readonly string[];
  /** Files and folders that could not be read or written; they are as they were. */
  readonly failed: readonly { readonly path: string; readonly reason: string }[];
}

/**
 * Rewrites each text file that holds something to mask, one after the other and each at once. Whether a file is text is
 * told by its bytes, not by its name; no other file is changed. Links are not followed. Doing it again changes nothing.
 */
export function maskFolder(folder: string, mask: Mask): MaskedFolder {
  const changed: string[] = [];
  const unread: string[] = [];
  const failed: { path: string; reason: string }[] = [];
  const look = (path: string, work: () => void): void => {
    try {
      work();
    } catch (error) {
      failed.push({ path, reason: error instanceof Error ? error.message : String(error) });
    }
  };
  const walk = (below: string): void => {
    for (const entry of sorted(join(folder, below))) {
      const path = join(below, entry.name);
      if (entry.isDirectory()) look(path, () => walk(path));
      else if (entry.isFile()) {
        look(path, () => {
          const done = maskFile(join(folder, path), mask);
          if (done === 'changed') changed.push(path);
          if (done === 'unread') unread.push(path);
        });
      }
    }
  };
  look('.', () => walk(''));
  return { changed, unread, failed };
}

function maskFile(path: string, mask: Mask): 'changed' | 'unchanged' | 'unread' {
  const { size, mode } = lstatSync(path);
  if (size > LARGEST_BYTES) return 'unread';
  const bytes = readFileSync(path);
  if (!isUtf8(bytes) || bytes.includes(0)) return 'unread';
  const text = bytes.toString('utf8');
  const masked = mask.text(text);
  if (masked === text) return 'unchanged';
  replaceFile(path, masked, mode);
  return 'changed';
}

function sorted(folder: string): Dirent[] {
  return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
}
