/** MariaDB: the system's own, else Debian's package with the server and nothing that starts it. */
import { spawn } from 'node:child_process';
import { chownSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { onEnd } from '../setup/processes.mjs';
import { SetupError } from '../setup/setup-error.mjs';
import { aptInstall } from '../setup/system-packages.mjs';
import { freePort } from './free-port.mjs';
import { lentUser, reachablePrograms, stopServer, untilReady, works } from './server-process.mjs';

const READY = 'ready for connections';
const PROGRAM = 'mariadbd';
// Debian's script that makes a data folder needs programs of the client packages; these texts are all that it runs.
const SYSTEM_TABLES = ['mysql_system_tables.sql', 'mysql_performance_tables.sql', 'mysql_system_tables_data.sql'];
const OWN_USER = [
  'FLUSH PRIVILEGES;',
  "CREATE USER 'quality_hub'@'%';",
  "GRANT ALL PRIVILEGES ON *.* TO 'quality_hub'@'%' WITH GRANT OPTION;",
];
// Small files, and no wait for the disk: the data lives for one run.
const STORAGE = ['innodb-log-file-size=16M', 'innodb-flush-log-at-trx-commit=0', 'innodb-doublewrite=0'];
// Only the loopback address.
const SETTINGS = [
  'bind-address=127.0.0.1',
  'skip-name-resolve',
  'skip-log-bin',
  'character-set-server=utf8mb4',
  'collation-server=utf8mb4_bin',
  'innodb-buffer-pool-size=64M',
  'max-connections=200',
  ...STORAGE,
];

export const mariadb = { name: 'MariaDB', env: 'QH_MARIADB_URL', provide, start };

async function provide(places, say) {
  const installed = await installedServer();
  if (installed) return { found: installed };
  say('from Debian');
  // Older releases have the version in the package's name; the full package starts a server of its own, so it is last.
  let why = '';
  for (const name of ['mariadb-server-core', 'mariadb-server-core-10.6', 'mariadb-server']) {
    ({ why } = await aptInstall([name], { log: places.log }));
    const fromDebian = await installedServer();
    if (fromDebian) return { found: fromDebian };
  }
  return {
    missing: `MariaDB is not installed and could not be: ${why}. Install it, or set QH_MARIADB_URL to a server.`,
  };
}

/** The folder of the program, and that of the texts which make its system tables. */
async function installedServer() {
  const homebrew = ['/opt/homebrew/opt/mariadb/bin', '/usr/local/opt/mariadb/bin'];
  for (const folder of ['/usr/sbin', '/usr/libexec', ...homebrew, ...(process.env.PATH ?? '').split(delimiter)]) {
    if (folder === '' || !existsSync(join(folder, PROGRAM)) || !(await works(folder, PROGRAM))) continue;
    const share = ['mysql', 'mariadb']
      .map(name => join(dirname(folder), 'share', name))
      .find(path => SYSTEM_TABLES.every(name => existsSync(join(path, name))));
    if (share) return { folder, share };
  }
  return undefined;
}

/** A folder that has data keeps it: so a server that was stopped starts again, on the port it had. */
async function start({ folder, share }, home, log, { port: wanted } = {}) {
  const data = join(home, 'data');
  const user = await lentUser('MariaDB', ['mysql', 'nobody']);
  const programs = await reachablePrograms(folder, PROGRAM, { home, user });
  const common = ['--no-defaults', `--datadir=${data}`, `--lc-messages-dir=${share}`];
  if (!existsSync(data)) {
    mkdirSync(data);
    if (user) for (const path of [home, data]) chownSync(path, user.uid, user.gid);
    const args = [...common, ...STORAGE.map(setting => `--${setting}`)];
    await makeSystemTables(join(programs, PROGRAM), args, { home, share, log, user });
  }
  const port = wanted ?? (await freePort());
  const own = [`--port=${port}`, `--socket=${join(home, 'socket')}`, `--pid-file=${join(home, 'pid')}`];
  // A group of its own: Ctrl+C must reach the tests first, and the server only when they are done with it.
  const child = spawn(join(programs, PROGRAM), [...common, ...own, ...SETTINGS.map(setting => `--${setting}`)], {
    cwd: home,
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
    ...user,
  });
  const stop = onEnd(() => stopServer(child, 'SIGTERM'));
  await untilReady(child, { name: 'MariaDB', ready: READY, log });
  return { url: `mysql://quality_hub@127.0.0.1:${port}/mysql`, pid: child.pid, stop };
}

/** The server reads these statements from its input, one a line, and ends. */
async function makeSystemTables(program, args, { home, share, log, user }) {
  const texts = SYSTEM_TABLES.map(name => readFileSync(join(share, name), 'utf8'));
  const before = ['create database mysql;', 'use mysql;', 'SET @auth_root_socket=NULL;'];
  const script = join(home, 'system-tables.sql');
  writeFileSync(script, [...before, ...texts, ...OWN_USER, ''].join('\n'));
  mkdirSync(dirname(log), { recursive: true });
  const [input, output] = [openSync(script, 'r'), openSync(log, 'a')];
  const child = spawn(program, [...args, '--bootstrap', '--log-warnings=0'], {
    cwd: home,
    stdio: [input, output, output],
    ...user,
  });
  for (const file of [input, output]) closeSync(file);
  const stop = onEnd(() => stopServer(child, 'SIGKILL'));
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', resolve);
  });
  await stop();
  if (code !== 0) throw new SetupError('MariaDB could not make its data folder.', { log });
}
