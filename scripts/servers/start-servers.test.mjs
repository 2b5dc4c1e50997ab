/** Real servers: they come up, they go, and nothing stays behind. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { placesOf } from '../setup/places.mjs';
import { mariadb } from './mariadb.mjs';
import { postgres } from './postgres.mjs';
import { redis } from './redis.mjs';
import { redisCluster } from './redis-cluster.mjs';
import { startServers } from './start-servers.mjs';
import { sweepLeftovers } from './sweep-leftovers.mjs';
import { servers } from './table.mjs';

const START = fileURLToPath(new URL('./start-servers.mjs', import.meta.url));
const PROCESSES = fileURLToPath(new URL('../setup/processes.mjs', import.meta.url));
const PLACES = fileURLToPath(new URL('../setup/places.mjs', import.meta.url));
const TIMEOUT_MS = 60_000;

const real = [
  { server: postgres, speaks: speaksPostgres },
  { server: mariadb, speaks: speaksMysql },
  { server: redis, speaks: speaksRedis },
  { server: redisCluster, speaks: speaksRedis },
];

test.each(real)(
  '$server.name answers on the loopback address, and is gone after stop',
  {
    timeout: TIMEOUT_MS,
  },
  async ({ server, speaks }, context) => {
    const withoutOwn = await withoutVariable(server.env, () => startServers(placesOf(), [server]));
    if (withoutOwn.missing.length > 0) return context.skip(withoutOwn.missing[0].why);
    const url = new URL(withoutOwn.env[server.env].split(',')[0]);
    expect(url.hostname).toBe('127.0.0.1');
    expect(withoutOwn.env.QH_SERVERS).toBe(server.name);
    expect(await speaks(url.port)).toBe(true);
    await withoutOwn.stop();
    await expect(speaks(url.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  },
);

test('the table names the servers that tests need, each with a variable of its own', () => {
  expect(servers.map(({ name, env }) => [name, env])).toEqual([
    ['PostgreSQL', 'QH_POSTGRES_URL'],
    ['MariaDB', 'QH_MARIADB_URL'],
    ['Redis', 'QH_REDIS_URL'],
    ['Redis Cluster', 'QH_REDIS_CLUSTER_URL'],
  ]);
});

test('a server of the user is neither started nor stopped', async () => {
  const before = process.env.QH_POSTGRES_URL;
  process.env.QH_POSTGRES_URL = 'postgres://mine@db.example/shop';
  const started = await startServers(placesOf(), [postgres]);
  restore('QH_POSTGRES_URL', before);
  expect(started.env).toEqual({ QH_SERVERS: 'PostgreSQL' });
});

test('a server that cannot be had is named with the reason, and the others still start', async () => {
  const absent = {
    name: 'Absent',
    env: 'QH_ABSENT_URL',
    provide: async () => ({ missing: 'no such program' }),
    start: () => {},
  };
  const there = {
    name: 'There',
    env: 'QH_THERE_URL',
    provide: async () => ({ found: {} }),
    start: async () => ({ url: 'there://127.0.0.1:1', pid: process.pid, stop: async () => {} }),
  };
  const started = await startServers(placesOf(), [absent, there]);
  expect(started.missing).toEqual([{ name: 'Absent', why: 'no such program' }]);
  expect(started.env).toEqual({ QH_THERE_URL: 'there://127.0.0.1:1', QH_SERVERS: 'There' });
  await started.stop();
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
])('%s stops the server and removes its folder', { timeout: TIMEOUT_MS }, async (signal, code) => {
  const { owner, server, folder } = await ownerWithServer();
  const ended = new Promise(resolve => owner.once('exit', resolve));
  owner.kill(signal);
  expect(await ended).toBe(code);
  expect(isAlive(server)).toBe(false);
  expect(existsSync(folder)).toBe(false);
});

test('the server of a killed owner is found and ended by the next', { timeout: TIMEOUT_MS }, async () => {
  const { owner, server, folder } = await ownerWithServer();
  const ended = new Promise(resolve => owner.once('exit', resolve));
  owner.kill('SIGKILL');
  await ended;
  expect(isAlive(server)).toBe(true);
  await sweepLeftovers();
  await expect.poll(() => isAlive(server), { timeout: 10_000 }).toBe(false);
  expect(existsSync(folder)).toBe(false);
});

/** A process of its own that starts a small server through the table and waits. */
async function ownerWithServer() {
  const code = `
    import { spawn } from 'node:child_process';
    import { startServers } from ${JSON.stringify(`file://${START}`)};
    import { endOnSignals, onEnd } from ${JSON.stringify(`file://${PROCESSES}`)};
    import { placesOf } from ${JSON.stringify(`file://${PLACES}`)};
    endOnSignals();
    const server = {
      name: 'Small', env: 'QH_SMALL_URL', provide: async () => ({ found: {} }),
      start: async (found, folder) => {
        const child = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)', folder], { stdio: 'ignore', detached: true });
        const ended = new Promise(resolve => child.once('exit', resolve));
        const stop = onEnd(async () => { child.kill('SIGINT'); await ended; });
        process.stderr.write(JSON.stringify({ server: child.pid, folder }) + '\\n');
        return { url: 'small://127.0.0.1:1', pid: child.pid, stop };
      },
    };
    await startServers(placesOf(), [server]);
    process.stderr.write('ready\\n');
    setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  await new Promise((resolve, reject) => {
    owner.on('exit', exitCode => reject(new Error(`the owner ended with ${exitCode}: ${said}`)));
    owner.stderr.on('data', chunk => {
      said += chunk;
      if (said.endsWith('ready\n')) resolve();
    });
  });
  return { owner, ...JSON.parse(said.split('\n')[0]) };
}

/** PostgreSQL answers a request for encryption with one letter. */
function speaksPostgres(port) {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])));
    socket.on('error', reject);
    socket.once('data', data => {
      socket.destroy();
      resolve(['S', 'N'].includes(data.toString()));
    });
  });
}

/** MariaDB speaks first: a packet whose fifth byte is the version of its protocol. */
function speaksMysql(port) {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', reject);
    socket.once('data', data => {
      socket.destroy();
      resolve(data[4] === 10);
    });
  });
}

/** Redis wants the password before anything else. */
function speaksRedis(port) {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1', () => socket.write('PING\r\n'));
    socket.on('error', reject);
    socket.once('data', data => {
      socket.destroy();
      resolve(data.toString().startsWith('-NOAUTH'));
    });
  });
}

async function withoutVariable(name, work) {
  const before = process.env[name];
  delete process.env[name];
  try {
    return await work();
  } finally {
    restore(name, before);
  }
}

function restore(name, value) {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
