/** Merges blob reports with the real Playwright CLI. */
import { copyFileSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { InlineRunError } from '../errors.ts';
import { makeScratchFolder } from './inline-project.ts';
import type { InlineResult } from './inline-result.ts';
import { type InlineOptions, runPlaywright } from './run-inline.ts';

export interface MergeOptions extends InlineOptions {
  /** Files of the project the merge runs in, such as a configuration. */
  readonly files?: Readonly<Record<string, string>>;
}

/**
 * Runs `playwright merge-reports` over blobs: paths of `.zip` files, folders that hold some, or results and folders of
 * runs that have a `blob-report`. Blobs of different folders can be merged only with a configuration, so the project's
 * own is named unless `args` name another.
 *
 * @throws {InlineRunError} (`QH_INLINE_RUN`) if a source holds no blob.
 */
export async function mergeReports(
  sources: readonly (string | Pick<InlineResult, 'dir'>)[],
  { files = {}, args = [], ...options }: MergeOptions = {},
): Promise<InlineResult> {
  const temporary = options.dir === undefined;
  const dir = resolve(options.dir ?? makeScratchFolder(process.cwd()));
  const blobs = join(dir, 'all-blobs');
  mkdirSync(blobs, { recursive: true });
  const paths = sources.flatMap(source => blobsOf(typeof source === 'string' ? source : source.dir));
  // Two shards run apart may give their blobs the same name.
  for (const [index, path] of paths.entries()) copyFileSync(path, join(blobs, `${index + 1}-${basename(path)}`));
  const config = args.some(arg => /^(-c|--config)\b/.test(arg)) ? [] : ['--config', dir];
  return runPlaywright('merge-reports', { dir, temporary, files }, { ...options, args: [...config, ...args, blobs] });
}

function blobsOf(source: string): string[] {
  const found = statSync(source, { throwIfNoEntry: false });
  if (found?.isFile()) return [source];
  const folders = [join(source, 'blob-report'), source];
  for (const folder of folders) {
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) continue;
    const zips = readdirSync(folder).filter(name => name.endsWith('.zip'));
    if (zips.length > 0) return zips.sort().map(name => join(folder, name));
  }
  throw new InlineRunError(`No blob report in ${source}`, 'Run its tests with `--reporter=blob` first');
}
