/** Where Playwright leaves results when nobody has told it otherwise. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from '../errors.ts';

const USUAL = ['test-results', 'playwright-report', 'blob-report', 'all-blob-reports'];

/**
 * The files and folders that were named, or the usual ones that are here.
 *
 * @param options.mayBeNone The command has something else to look at.
 * @throws {UsageError} (`QH_USAGE`) if a named one is not there, or none of the usual.
 */
export function resultPaths(
  named: readonly string[],
  cwd: string,
  { mayBeNone = false }: { readonly mayBeNone?: boolean } = {},
): string[] {
  const isThere = (path: string): boolean => statSync(resolve(cwd, path), { throwIfNoEntry: false }) !== undefined;
  if (named.length === 0) {
    const usual = USUAL.filter(isThere);
    if (usual.length > 0 || mayBeNone) return usual;
    throw new UsageError(`None of ${USUAL.join(', ')} is in ${cwd}`, 'Name the files and folders to look at');
  }
  const missing = named.filter(path => !isThere(path));
  if (missing.length === 0) return [...named];
  throw new UsageError(`There is no ${missing.join(', no ')} in ${cwd}`, 'Name files and folders that are there');
}
