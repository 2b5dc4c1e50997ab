/** Where things are: the root, the packages, the caches, the pinned Node. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @param {string} [root] another copy of the repository, for tests */
export function placesOf(root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '')) {
  const cache = join(root, 'node_modules', '.cache', 'quality-hub');
  return {
    root,
    cache,
    stamp: join(cache, 'setup.json'),
    lock: join(cache, 'setup.lock'),
    log: join(cache, 'setup.log'),
    node: join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node'),
    packages: packageFolders(root),
  };
}

export function packageManagerOf(root) {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).packageManager;
}

/** The environment in which every tool runs on the pinned Node and finds the pinned pnpm. */
export function pinnedEnvironment({ node }, pnpm, base = process.env) {
  const first = [dirname(node), ...(pnpm ? [dirname(pnpm)] : [])];
  const rest = (base.PATH ?? '')
    .split(delimiter)
    .filter(folder => !first.includes(folder) && !folder.endsWith('node_modules/.bin'));
  return { ...base, PATH: [...first, ...rest].join(delimiter), TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
}

function packageFolders(root) {
  const inside = folder =>
    existsSync(join(root, folder)) ? readdirSync(join(root, folder)).map(name => join(root, folder, name)) : [];
  const folders = [...inside('packages'), ...inside('tests'), join(root, 'fixtures'), join(root, 'reporters')];
  return folders.filter(folder => existsSync(join(folder, 'package.json'))).sort();
}
