/** What starting any database server takes: a user to run as, programs that it can reach, the wait until it is ready, its end. */
import { appendFileSync, cpSync, mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { run } from '../setup/processes.mjs';
import { SetupError } from '../setup/setup-error.mjs';

const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 10_000;

/**
 * Servers say when they are ready; waiting for that line needs no polling and no client.
 *
 * @param {{ name: string, ready: string, log: string, output?: import('node:stream').Readable }} options where it says so;
 *   without `output` on its stderr
 */
export function untilReady(child, { name, ready, log, output = child.stderr }) {
  return new Promise((resolve, reject) => {
    let said = '';
    const fail = why => reject(new SetupError(`${name} ${why}.`, { log }));
    const timer = setTimeout(() => fail(`was not ready after ${START_TIMEOUT_MS / 1000} s`), START_TIMEOUT_MS);
    child.on('error', error => fail(`could not be started (${error.message})`));
    child.on('exit', code => {
      mkdirSync(dirname(log), { recursive: true });
      appendFileSync(log, said);
      clearTimeout(timer);
      fail(`ended with code ${code} while starting`);
    });
    output.on('data', chunk => {
      if (said.includes(ready)) return;
      said += chunk;
      if (!said.includes(ready)) return;
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Asks with `signal`, waits, and ends it for good when it does not go. */
export async function stopServer(child, signal) {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise(resolve => child.once('exit', resolve));
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}

/** Database servers refuse to run as root, so root lends them another user; undefined where we are not root. */
export async function lentUser(name, candidates) {
  if (process.getuid?.() !== 0) return undefined;
  for (const candidate of candidates) {
    const ids = await run('sh', ['-c', `id -u ${candidate} && id -g ${candidate}`]);
    const [uid, gid] = ids.output.trim().split('\n').map(Number);
    if (ids.code === 0 && uid > 0) return { uid, gid };
  }
  const names = candidates.map(candidate => `"${candidate}"`).join(' or ');
  throw new SetupError(`${name} does not run as root, and there is no user ${names} to lend it.`);
}

/** A repository under /root is closed to the other user; the programs are then copied beside the data. */
export async function reachablePrograms(folder, program, { home, user }) {
  if (!user || (await works(folder, program, user))) return folder;
  const copy = join(home, 'programs');
  cpSync(dirname(folder), copy, { recursive: true, verbatimSymlinks: true });
  return join(copy, basename(folder));
}

/** The program is there and says its version. */
export async function works(folder, program, user) {
  const result = await run(join(folder, program), ['--version'], { timeoutMs: 10_000, cwd: '/', ...user }).catch(
    () => ({
      code: 1,
    }),
  );
  return result.code === 0;
}
