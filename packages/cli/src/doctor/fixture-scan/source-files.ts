/** The user's own source files, read once for all checks that look at their text. */
import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type ExtendCall, findExtends } from './find-extends.ts';

export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly extends: readonly ExtendCall[];
}

/** Folders that hold what was installed or made, not written. */
export const LEFT_OUT: ReadonlySet<string> = new Set([
  'node_modules',
  'dist',
  'build',
  'out',
  'coverage',
  'test-results',
  'playwright-report',
  'blob-report',
]);
const MAX_FILES = 5000;
const MAX_BYTES = 1 << 19;

/** Files below `dir` that speak of `extend` or `mergeTests`. Installed and built ones are left out, and hidden folders. */
export function readSourceFiles(dir: string): readonly SourceFile[] {
  const files: SourceFile[] = [];
  const folders = [dir];
  let seen = 0;
  for (let folder = folders.shift(); folder !== undefined && seen < MAX_FILES; folder = folders.shift()) {
    for (const entry of entriesOf(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && !entry.name.startsWith('.') && !LEFT_OUT.has(entry.name)) folders.push(path);
      if (!entry.isFile() || !/(?<!\.d)\.[cm]?[jt]sx?$/.test(entry.name) || statSync(path).size > MAX_BYTES) continue;
      seen++;
      const text = readFileSync(path, 'utf8');
      if (text.includes('.extend') || text.includes('mergeTests'))
        files.push({ path, text, extends: findExtends(text) });
    }
  }
  return files;
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // A folder that may not be read holds no tests of ours.
  }
}
