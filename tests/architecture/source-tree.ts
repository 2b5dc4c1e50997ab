/** The repository as the rules see it: packages with their level, and every source file with its imports. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { type Import, readImports } from './read-imports.ts';

/** The levels of the house. An import points to a lower level. */
export const LEVELS: Readonly<Record<string, number>> = {
  protocol: 0,
  resilience: 1,
  telemetry: 1,
  artifacts: 2,
  state: 2,
  clients: 2,
  config: 2,
  flags: 2,
  secrets: 3,
  data: 3,
  hub: 3,
  dashboard: 3,
  runtime: 4,
  cli: 5,
  test: 5,
  reporters: 5,
  testkit: 6,
};

export interface SourceFile {
  /** From the root, with `/`. */
  readonly path: string;
  /** The package it belongs to; undefined under tests/ and scripts/. */
  readonly package: Package | undefined;
  /** A test, or what tests of a package share (`src/testing`): neither is published. */
  readonly isTest: boolean;
  readonly lines: number;
  readonly text: string;
  readonly imports: readonly Import[];
}

export interface Package {
  /** Without the scope: `hub`, `test`. */
  readonly name: string;
  readonly folder: string;
  readonly level: number | undefined;
  readonly manifest: Manifest;
}

export interface Manifest {
  readonly name?: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

export interface SourceTree {
  readonly root: string;
  readonly packages: readonly Package[];
  readonly files: readonly SourceFile[];
}

const SCOPE = '@quality-hub/';
const NOT_OURS = new Set(['node_modules', 'dist', 'coverage', 'test-results', '.turbo', '.cache']);

export function readSourceTree(root: string): SourceTree {
  const packages = packageFolders(root).map(folder => readPackage(root, folder));
  const folders = [...packages.map(({ folder }) => folder), 'tests', 'scripts'];
  const files = folders.flatMap(folder =>
    filesUnder(root, folder).map(path =>
      readFile(
        root,
        path,
        packages.find(each => path.startsWith(`${each.folder}/`)),
      ),
    ),
  );
  return { root, packages, files };
}

/** Splits `@quality-hub/hub/store` into the package and the door (`./store`); undefined for anything else. */
export function ownSpecifier(specifier: string): { name: string; door: string } | undefined {
  if (!specifier.startsWith(SCOPE)) return undefined;
  const [name = '', ...rest] = specifier.slice(SCOPE.length).split('/');
  return { name, door: rest.length === 0 ? '.' : `./${rest.join('/')}` };
}

/** The path, from the root, that a relative import names; undefined for a bare one. */
export function relativeTarget(file: SourceFile, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  return posix.normalize(posix.join(posix.dirname(file.path), specifier));
}

function packageFolders(root: string): string[] {
  const inside = existsSync(join(root, 'packages'))
    ? readdirSync(join(root, 'packages')).map(name => `packages/${name}`)
    : [];
  return [...inside, 'fixtures', 'reporters'].filter(folder => existsSync(join(root, folder, 'package.json'))).sort();
}

function readPackage(root: string, folder: string): Package {
  const manifest: Manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  const name = ownSpecifier(manifest.name ?? '')?.name ?? manifest.name ?? folder;
  return { name, folder, level: LEVELS[name], manifest };
}

function filesUnder(root: string, folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap(entry => {
    if (NOT_OURS.has(entry.name)) return [];
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return filesUnder(root, path);
    return /\.(ts|tsx|mts|mjs|js)$/.test(entry.name) ? [path] : [];
  });
}

function readFile(root: string, path: string, owner: Package | undefined): SourceFile {
  const text = readFileSync(join(root, path), 'utf8');
  return {
    path: relative('.', path).split(sep).join('/'),
    package: owner,
    isTest: /\.(test|spec)\.\w+$/.test(path) || path.includes('/src/testing/') || path.startsWith('tests/'),
    lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0),
    text,
    imports: readImports(text),
  };
}
