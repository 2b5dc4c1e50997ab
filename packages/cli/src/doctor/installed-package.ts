/** Finds packages as Node would, by the folders alone: an `exports` field hides `package.json` from `resolve`. */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  /** Real path of its folder. */
  readonly dir: string;
  /** Names in `dependencies` and `peerDependencies`. */
  readonly needs: readonly string[];
}

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
}

/** The package `name` that code in `from` would import. */
export function installedPackage(name: string, from: string): InstalledPackage | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (basename(folder) !== 'node_modules' && existsSync(join(candidate, 'package.json'))) {
      const dir = realpathSync(candidate);
      const { version = 'unknown', dependencies, peerDependencies } = readManifest(dir);
      return { name, version, dir, needs: Object.keys({ ...dependencies, ...peerDependencies }) };
    }
    if (dirname(folder) === folder) return undefined;
  }
}

/** All packages that the nearest manifest above `from` names and that are installed. */
export function directPackages(from: string): readonly InstalledPackage[] {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) {
      const { dependencies, devDependencies } = readManifest(folder);
      return Object.keys({ ...dependencies, ...devDependencies }).flatMap(name => installedPackage(name, from) ?? []);
    }
    if (dirname(folder) === folder) return [];
  }
}

function readManifest(dir: string): Manifest {
  return JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')) as Manifest;
}
