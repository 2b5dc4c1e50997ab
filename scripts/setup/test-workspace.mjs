/** For tests: a folder that has what an install needs, and nothing else. */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { placesOf } from './places.mjs';

/** @returns {{ folder: string, remove: () => void }} */
export function copyOfWorkspace() {
  const { root, packages } = placesOf();
  const folder = mkdtempSync(join(tmpdir(), 'quality-hub-workspace-'));
  const copy = path => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(root, path), join(folder, path), { recursive: true, filter: from => !from.includes('node_modules') });
  };
  for (const path of ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', '.node-version', '.npmrc', 'scripts'])
    copy(path);
  for (const each of packages) copy(join(relative(root, each), 'package.json'));
  copy('packages/cli/bin');
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
