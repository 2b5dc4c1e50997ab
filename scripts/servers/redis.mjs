/** Redis: the system's own, else Debian's package. Tests of state run on one server, and on a cluster of three. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { onEnd } from '../setup/processes.mjs';
import { aptInstall } from '../setup/system-packages.mjs';
import { freePort } from './free-port.mjs';
import { stopServer, untilReady, works } from './server-process.mjs';

const READY = 'Ready to accept connections';
const PROGRAM = 'redis-server';

export const redis = { name: 'Redis', env: 'QH_REDIS_URL', provide: provideRedis, start };

/** Also for the cluster. */
export async function provideRedis(places, say) {
  const installed = await installedServer();
  if (installed) return { found: installed };
  say('from Debian');
  const { why } = await aptInstall(['redis-server'], { log: places.log });
  const fromDebian = await installedServer();
  if (fromDebian) return { found: fromDebian };
  return { missing: `Redis is not installed and could not be: ${why}. Install it, or set QH_REDIS_URL to a server.` };
}

async function installedServer() {
  const homebrew = ['/opt/homebrew/bin', '/usr/local/bin'];
  for (const folder of ['/usr/bin', ...homebrew, ...(process.env.PATH ?? '').split(delimiter)]) {
    if (folder !== '' && existsSync(join(folder, PROGRAM)) && (await works(folder, PROGRAM))) return { folder };
  }
  return undefined;
}

/** A folder that has data keeps it: so a server that was stopped starts again, on the port and with the password it had. */
async function start(found, home, log, { port: wanted } = {}) {
  const port = wanted ?? (await freePort());
  const { child, password, stop } = await startNode(found, join(home, 'data'), { port, log });
  return { url: `redis://default:${password}@127.0.0.1:${port}/0`, pid: child.pid, stop };
}

/**
 * Only the loopback address; each write is in the log file within a second, as in an earnest installation.
 *
 * @param {{ port: number, log: string, password?: string, more?: readonly string[] }} options
 */
export async function startNode({ folder }, home, { port, log, password: given, more = [] }) {
  const file = join(home, 'redis.conf');
  mkdirSync(home, { recursive: true });
  const known = existsSync(file) ? /^requirepass (\S+)$/m.exec(readFileSync(file, 'utf8'))?.[1] : undefined;
  const password = given ?? known ?? randomBytes(16).toString('hex');
  const settings = [
    'bind 127.0.0.1',
    `port ${port}`,
    `dir ${home}`,
    `requirepass ${password}`,
    `masterauth ${password}`,
    'appendonly yes',
    'appendfsync everysec',
    'save ""',
    'maxmemory-policy noeviction',
    // The command line names the folder: so a server whose owner was killed is found.
    'set-proc-title no',
    ...more,
  ];
  writeFileSync(file, `${settings.join('\n')}\n`, { mode: 0o600 });
  // A group of its own: Ctrl+C must reach the tests first, and the server only when they are done with it.
  const child = spawn(join(folder, PROGRAM), [file], {
    cwd: home,
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  const stop = onEnd(() => stopServer(child, 'SIGTERM'));
  await untilReady(child, { name: 'Redis', ready: READY, log, output: child.stdout });
  // What it goes on to say must not fill the pipe.
  child.stdout.resume();
  return { child, password, stop };
}
