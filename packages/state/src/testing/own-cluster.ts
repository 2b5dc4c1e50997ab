/** A Redis Cluster that only this test knows: one server that has all slots, and a copy of it that can take over. */
import { type ChildProcess, execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';

interface Node {
  readonly child: ChildProcess;
  readonly password: string;
  stop(): Promise<void>;
}

/** Of `scripts/servers/redis.mjs` and its neighbours; they are plain JavaScript. */
interface Scripts {
  provideRedis(
    places: unknown,
    say: (note: string) => void,
  ): Promise<{ found: { folder: string } } | { missing: string }>;
  startNode(found: object, home: string, options: object): Promise<Node>;
  freePort(): Promise<number>;
  placesOf(): { readonly log: string };
  readonly FOLDER_PREFIX: string;
  readonly OWNER_FILE: string;
}

export interface OwnCluster {
  /** Both addresses, with a comma between them. */
  readonly url: string;
  /** The copy takes over, without asking the other one. */
  takeOver(): Promise<void>;
  /** Kills the one that had all slots first. */
  killFirst(): void;
}

const SCRIPTS = ['servers/redis', 'servers/free-port', 'servers/sweep-leftovers', 'setup/places'];
/** The nodes talk to each other on a port that is so much higher. */
const BUS_OFFSET = 10_000;
const SLOTS = Array.from({ length: 16_384 }, (_, slot) => String(slot));
const READY_WITHIN_MS = 60_000;

export async function startOwnCluster(): Promise<OwnCluster> {
  const loaded = SCRIPTS.map(name => import(new URL(`../../../../scripts/${name}.mjs`, import.meta.url).href));
  const scripts: Scripts = Object.assign({}, ...(await Promise.all(loaded)));
  const { log } = scripts.placesOf();
  const provided = await scripts.provideRedis(scripts.placesOf(), () => undefined);
  if ('missing' in provided) throw new Error(provided.missing);
  const { found } = provided;
  const folder = mkdtempSync(join(tmpdir(), scripts.FOLDER_PREFIX));
  const nodes: Node[] = [];
  onTestFinished(async () => {
    await Promise.all(nodes.map(node => node.stop()));
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  const start = async (password?: string): Promise<number> => {
    const port = await scripts.freePort();
    if (port + BUS_OFFSET > 65_535) return start(password);
    const more = ['cluster-enabled yes', 'cluster-node-timeout 2000', 'repl-diskless-sync-delay 0'];
    const options = { port, log, more, ...(password === undefined ? {} : { password }) };
    nodes.push(await scripts.startNode(found, join(folder, String(nodes.length)), options));
    const server = nodes.map(({ child }) => child.pid);
    writeFileSync(join(folder, scripts.OWNER_FILE), JSON.stringify({ owner: process.pid, server }));
    return port;
  };
  const first = await start();
  const password = nodes[0]?.password ?? '';
  const second = await start(password);
  const say = async (port: number, ...command: readonly string[]): Promise<string> => {
    const env = { ...process.env, REDISCLI_AUTH: password };
    const { stdout } = await promisify(execFile)(join(found.folder, 'redis-cli'), ['-p', String(port), ...command], {
      env,
    });
    return stdout.trim();
  };
  const until = async (port: number, wanted: string, ...command: readonly string[]): Promise<void> => {
    const deadline = performance.now() + READY_WITHIN_MS;
    for (let said = ''; !said.includes(wanted); said = await say(port, ...command)) {
      if (performance.now() > deadline) throw new Error(`${command.join(' ')} does not say ${wanted}: ${said}`);
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  };
  await say(first, 'CLUSTER', 'ADDSLOTS', ...SLOTS);
  await say(second, 'CLUSTER', 'MEET', '127.0.0.1', String(first));
  const id = await say(first, 'CLUSTER', 'MYID');
  await until(second, id, 'CLUSTER', 'NODES');
  await say(second, 'CLUSTER', 'REPLICATE', id);
  for (const port of [first, second]) await until(port, 'cluster_state:ok', 'CLUSTER', 'INFO');
  await until(second, 'master_link_status:up', 'INFO', 'replication');
  return {
    url: [first, second].map(port => `redis://default:${password}@127.0.0.1:${port}`).join(','),
    takeOver: async () => {
      await say(first, 'WAIT', '1', '10000');
      await say(second, 'CLUSTER', 'FAILOVER', 'TAKEOVER');
      await until(second, 'role:master', 'INFO', 'replication');
    },
    killFirst: () => void nodes[0]?.child.kill('SIGKILL'),
  };
}
