/** Other versions of Node, to run a user's project on: from the npm package `node`, installed once and kept. */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from './run-command.ts';

const KEPT = fileURLToPath(new URL('../../node_modules/.cache/quality-hub/nodes', import.meta.url));

/** The folder with the `node` of that version. The version of this process is not installed again. */
export async function nodeFolder(version: string): Promise<string> {
  if (version === process.versions.node) return dirname(process.execPath);
  const kept = join(KEPT, version);
  const bin = join(kept, 'node_modules', 'node', 'bin');
  if (existsSync(bin)) return bin;
  // Installed beside, then renamed: an installation that was interrupted is not taken for a whole one.
  const fresh = `${kept}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  writeFileSync(join(fresh, 'package.json'), '{ "private": true }\n');
  const args = ['install', '--no-audit', '--no-fund', '--prefer-offline', `node@${version}`];
  const { code, output } = await runCommand('npm', args, { cwd: fresh });
  if (code !== 0) throw new Error(`Node ${version} could not be installed:\n${output}`);
  if (existsSync(kept)) rmSync(fresh, { recursive: true, force: true });
  else renameSync(fresh, kept);
  return bin;
}
