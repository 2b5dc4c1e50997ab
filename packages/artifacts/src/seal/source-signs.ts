/** Tells a folder of results from one of sources. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** What no folder of results has: masking there would rewrite somebody's sources. */
const SIGNS_OF_SOURCES = ['package.json', '.git', 'node_modules', '.quality-hub'];

/** The file or folder that shows that this is no folder of results, but one of sources. */
export function signOfSources(folder: string): string | undefined {
  return SIGNS_OF_SOURCES.find(name => existsSync(join(folder, name)));
}
