/** Installs the dependencies with the pinned pnpm, frozen to the lockfile, when something they depend on has changed. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageManagerOf } from './places.mjs';
import { run } from './processes.mjs';
import { SetupError } from './setup-error.mjs';
import { hashOf, readStamp, writeStamp } from './stamp.mjs';

const INSTALL_TIMEOUT_MS = 10 * 60_000;

/** @returns {{ hash: string, done: boolean }} what an install would depend on, and whether it was already made */
export function installState(places) {
  const { root, packages, node, stamp } = places;
  const files = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', '.npmrc', '.node-version'].map(name =>
    join(root, name),
  );
  const manifests = packages.map(folder => join(folder, 'package.json'));
  const hash = hashOf([...files, ...manifests], [process.platform, process.arch, root]);
  const { install, pnpm } = readStamp(stamp);
  const present = [node, pnpm ?? '', command(root)].every(path => existsSync(path)) && manifests.every(hasItsModules);
  return { hash, done: install === hash && present };
}

/** @param {(note: string) => void} say */
export async function install(places, say) {
  const { root, log, stamp, node } = places;
  const { hash } = installState(places);
  const manager = packageManagerOf(root);
  mkdirSync(places.cache, { recursive: true });
  say('finding pnpm');
  const pnpm = await findPnpm(manager, places);
  say(`${manager}, frozen to the lockfile`);
  const args = ['install', '--frozen-lockfile', '--config.confirmModulesPurge=false', '--reporter=append-only'];
  const options = { cwd: root, log, timeoutMs: INSTALL_TIMEOUT_MS, env: talkative({ CI: 'true' }) };
  let result = await run(pnpm, args, options);
  // Over an older install, pnpm links our packages into the root only the second time.
  if (result.code === 0 && !existsSync(command(root))) result = await run(pnpm, args, options);
  if (result.code !== 0) throw new SetupError(whyInstallFailed(result.output, manager), { log });
  if (!existsSync(node)) {
    throw new SetupError(
      'The npm package "node" did not bring its binary: remove node_modules and run the command again.',
      { log },
    );
  }
  // The cache folder may have been swept away together with an old node_modules.
  writeStamp(stamp, { install: hash, pnpm });
}

/** npx downloads pnpm once and tells where it is; from then on it is started directly. */
async function findPnpm(manager, { root, log }) {
  const npx = process.platform === 'win32' ? 'npx.cmd' : 'npx';
  const args = ['--yes', '--package', manager, '--call', 'command -v pnpm'];
  const found = await run(npx, args, { cwd: root, log, timeoutMs: INSTALL_TIMEOUT_MS, env: talkative() });
  if (found.missing) {
    throw new SetupError(
      'npx was not found: it comes with npm, so install npm (Debian: apt-get install npm) or Node from https://nodejs.org and run the command again.',
    );
  }
  // npm may say more around it: notices, warnings about a configuration.
  const path = found.output.split('\n').find(line => line.endsWith('pnpm') && existsSync(line));
  if (found.code !== 0 || path === undefined) throw new SetupError(whyInstallFailed(found.output, manager), { log });
  return path;
}

/** `npm --silent` hands its silence down, and a failure without words cannot be explained. */
function talkative(more = {}) {
  return { ...process.env, npm_config_loglevel: 'notice', ...more };
}

function whyInstallFailed(output, manager) {
  if (/ERR_PNPM_OUTDATED_LOCKFILE|frozen-lockfile/.test(output)) {
    return `pnpm-lock.yaml does not fit the package.json files: run "npx ${manager} install --no-frozen-lockfile" and commit the lockfile.`;
  }
  if (
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_PNPM_META_FETCH_FAIL/.test(
      output,
    )
  ) {
    return 'The npm registry cannot be reached: connect this machine, or set "registry" or "https-proxy" in ~/.npmrc, and run the command again.';
  }
  if (/EACCES|EPERM|EROFS/.test(output)) {
    const path = /(?:EACCES|EPERM|EROFS)[^\n]*?'([^']+)'/.exec(output)?.[1] ?? 'this folder';
    return `The install may not write to ${path}: make it writable for this user and run the command again.`;
  }
  if (/ENOSPC/.test(output)) return 'The disk is full: free at least 2 GB and run the command again.';
  const lines = output.trim().split('\n');
  const telling = lines.find(line => /ERR_PNPM|npm (error|ERR!)/.test(line)) ?? lines.at(-1) ?? 'no output';
  return `The install failed (${telling.trim()}): correct that and run the command again.`;
}

/** `pnpm exec quality-hub` at the root. */
function command(root) {
  return join(root, 'node_modules', '.bin', 'quality-hub');
}

/** A package that names dependencies has a node_modules folder once it is installed. */
function hasItsModules(manifest) {
  const { dependencies = {}, devDependencies = {} } = JSON.parse(readFileSync(manifest, 'utf8'));
  if (Object.keys({ ...dependencies, ...devDependencies }).length === 0) return true;
  return existsSync(join(manifest, '..', 'node_modules'));
}
