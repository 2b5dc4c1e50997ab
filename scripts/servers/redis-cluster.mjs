/** A cluster of three Redis servers, each with a third of the slots. */
import { join } from 'node:path';
import { run } from '../setup/processes.mjs';
import { SetupError } from '../setup/setup-error.mjs';
import { freePort } from './free-port.mjs';
import { provideRedis, startNode } from './redis.mjs';

const NODES = 3;
/** The nodes talk to each other on a port that is so much higher. */
const BUS_OFFSET = 10_000;
const JOIN_TIMEOUT_MS = 60_000;

export const redisCluster = { name: 'Redis Cluster', env: 'QH_REDIS_CLUSTER_URL', provide: provideRedis, start };

async function start(found, home, log) {
  const started = [];
  const stop = async () => {
    await Promise.all(started.map(node => node.stop()));
  };
  const ports = [];
  let secret;
  while (started.length < NODES) {
    const port = await freePort();
    if (port + BUS_OFFSET > 65_535) continue;
    const node = await startNode(found, join(home, String(started.length)), {
      port,
      log,
      ...(secret === undefined ? {} : { password: secret }),
      more: ['cluster-enabled yes', 'cluster-node-timeout 5000'],
    });
    secret = node.password;
    started.push(node);
    ports.push(port);
  }
  const nodes = ports.map(port => `127.0.0.1:${port}`);
  const made = await run(join(found.folder, 'redis-cli'), ['--cluster', 'create', ...nodes, '--cluster-yes'], {
    cwd: home,
    log,
    env: { ...process.env, REDISCLI_AUTH: secret },
    timeoutMs: JOIN_TIMEOUT_MS,
  });
  if (made.code !== 0 || !made.output.includes('All 16384 slots covered')) {
    await stop();
    throw new SetupError('The Redis servers did not become a cluster.', { log });
  }
  const url = nodes.map(node => `redis://default:${secret}@${node}`).join(',');
  return { url, pid: started.map(({ child }) => child.pid), stop };
}
