/** Blob reports of the mixed suite in four shards: made once, with the real runner, and kept for later runs. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { digest } from '@quality-hub/protocol';
import { say } from '../figure.ts';
import type { BuiltProject } from './built-project.ts';
import { measuredRun } from './measured-run.ts';
import { mixedSuite } from './mixed-suite.ts';

const SHARDS = 4;
const KEPT = fileURLToPath(new URL('../../../node_modules/.cache/quality-hub/bench', import.meta.url));

/** Folder of the blobs of so many tests. */
export async function storedBlobs(project: BuiltProject, tests: number, playwright: string): Promise<string> {
  const suite = mixedSuite(tests);
  const folder = join(KEPT, `blobs-${playwright}-${digest(JSON.stringify(suite), 12)}`);
  if (existsSync(folder)) return folder;
  say(`Running ${tests} tests once for their blobs; this takes some minutes, and is kept`);
  const made = `${folder}.${process.pid}`;
  mkdirSync(made, { recursive: true });
  for (const [name, text] of Object.entries(suite)) project.write(name, text);
  project.write(
    'blob.config.mjs',
    `export default { fullyParallel: true, retries: 1, workers: 2, reporter: [['./empty-reporter.mjs'], ['blob']] };`,
  );
  for (let shard = 1; shard <= SHARDS; shard++) {
    await measuredRun({ dir: project.dir, args: ['test', '-c', 'blob.config.mjs', `--shard=${shard}/${SHARDS}`] });
    const blobs = join(project.dir, 'blob-report');
    for (const name of readdirSync(blobs)) copyFileSync(join(blobs, name), join(made, name));
  }
  rmSync(join(project.dir, 'blob-report'), { recursive: true, force: true });
  renameSync(made, folder);
  return folder;
}
