/** How the packages of a project are installed. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readManifest, upwards } from './owning-package.ts';

type PackageManager = 'npm' | 'pnpm' | 'yarn' | 'bun';

const LOCKFILES: readonly (readonly [file: string, manager: PackageManager])[] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
  ['package-lock.json', 'npm'],
  ['npm-shrinkwrap.json', 'npm'],
];

/** Of the package manager in `packageManager` or the lockfile that is nearest from `folder` upwards, else of npm. */
export function installCommand(folder: string): string {
  return `${packageManagerOf(folder)} install`;
}

function packageManagerOf(folder: string): PackageManager {
  for (const each of upwards(folder)) {
    const named = readManifest(join(each, 'package.json'))?.packageManager;
    const name = typeof named === 'string' ? /^(npm|pnpm|yarn|bun)@/.exec(named)?.[1] : undefined;
    const found = name ?? LOCKFILES.find(([file]) => existsSync(join(each, file)))?.[1];
    if (found) return found as PackageManager;
  }
  return 'npm';
}
