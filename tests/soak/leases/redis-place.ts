/** The Redis of a history: a primary with a copy, behind one proxy. It can be started again, and fail over. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTcpProxy, type TcpProxy } from '@quality-hub/testkit';
import type { Failover } from './history-rules.ts';
import { openPlace } from './lease-place.ts';

/** How a primary goes: it dies, nobody reaches it any more, or it hands over and only its answers tell. */
export const FAILOVERS = ['killed', 'cut off', 'demoted'] as const;

export interface RedisPlace {
  /** For `openPlace`. */
  readonly place: string;
  readonly proxy: TcpProxy;
  /** Ends the primary in good order and starts it again, with what it has. */
  restart(): Promise<void>;
  /** The copy takes over, `lagMs` after the last write that it has seen, and gets a copy of its own. */
  failOver(how: (typeof FAILOVERS)[number], lagMs: number): Promise<Failover>;
  end(): Promise<void>;
}

/** Of `scripts/servers/redis.mjs` and its neighbours; they are plain JavaScript. */
interface Scripts {
  provideRedis(places: unknown, say: (note: string) => void): Promise<{ found: Found } | { missing: string }>;
  startNode(found: Found, home: string, options: NodeOptions): Promise<StartedNode>;
  freePort(): Promise<number>;
  run(command: string, args: readonly string[], options: object): Promise<{ code: number; output: string }>;
  placesOf(): { readonly log: string };
  readonly FOLDER_PREFIX: string;
  readonly OWNER_FILE: string;
}

interface Found {
  readonly folder: string;
}

interface NodeOptions {
  readonly port: number;
  readonly log: string;
  readonly password?: string;
  readonly more: readonly string[];
}

interface StartedNode {
  readonly child: import('node:child_process').ChildProcess;
  readonly password: string;
  stop(): Promise<void>;
}

interface RedisNode {
  readonly port: number;
  readonly home: string;
  started: StartedNode;
}

const SCRIPTS = ['servers/redis', 'servers/free-port', 'servers/sweep-leftovers', 'setup/places', 'setup/processes'];
const COPIED_WITHIN_MS = 60_000;

/** Undefined where there is no Redis on this machine, and none can be installed. */
export async function startRedis(): Promise<RedisPlace | undefined> {
  const loaded = SCRIPTS.map(name => import(new URL(`../../../scripts/${name}.mjs`, import.meta.url).href));
  const scripts: Scripts = Object.assign({}, ...(await Promise.all(loaded)));
  const provided = await scripts.provideRedis(scripts.placesOf(), () => undefined);
  if ('missing' in provided) return undefined;
  const servers = new TwoServers(scripts, provided.found);
  await servers.begin();
  const proxy = await startTcpProxy(servers.target);
  return {
    place: proxy.url(servers.url),
    proxy,
    restart: () => servers.restart(),
    failOver: (how, lagMs) => servers.failOver(proxy, how, lagMs),
    end: async () => {
      await proxy.close();
      await servers.end();
    },
  };
}

class TwoServers {
  readonly #scripts: Scripts;
  readonly #found: Found;
  readonly #folder: string;
  #primary!: RedisNode;
  #copy!: RedisNode;

  constructor(scripts: Scripts, found: Found) {
    this.#scripts = scripts;
    this.#found = found;
    // Where the next set-up finds servers whose owner was killed.
    this.#folder = mkdtempSync(join(tmpdir(), scripts.FOLDER_PREFIX));
  }

  get target(): { readonly host: string; readonly port: number } {
    return { host: '127.0.0.1', port: this.#primary.port };
  }

  get url(): string {
    return this.#urlOf(this.#primary);
  }

  async begin(): Promise<void> {
    this.#primary = await this.#node('0');
    this.#copy = await this.#node('1', this.#primary);
    this.#note();
  }

  async restart(): Promise<void> {
    await this.#primary.started.stop();
    await this.#start(this.#primary);
  }

  async failOver(proxy: TcpProxy, how: (typeof FAILOVERS)[number], lagMs: number): Promise<Failover> {
    const [old, next] = [this.#primary, this.#copy];
    await this.#untilCopied();
    // From here on what the old one grants is known to nobody else.
    await this.#say(next, 'REPLICAOF', 'NO', 'ONE');
    await pause(lagMs);
    if (how === 'killed') await kill(old.started);
    else if (how === 'demoted') await this.#say(old, 'REPLICAOF', '127.0.0.1', String(next.port));
    else {
      await proxy.refuse();
      proxy.reset();
    }
    // Whatever the old one has granted was before this instant, whatever the next one grants comes after it.
    await pause(2);
    const { leases, close } = await openPlace(this.#urlOf(next));
    const { leases: held } = await leases.table('');
    await close();
    const failover = { atMs: Date.now(), known: new Map(held.map(({ token, expiresAt }) => [token, expiresAt])) };
    await pause(2);
    [this.#primary, this.#copy] = [next, old];
    proxy.target = this.target;
    if (how === 'cut off') await proxy.normal();
    if (how === 'killed') await this.#start(old, next);
    else await this.#say(old, 'REPLICAOF', '127.0.0.1', String(next.port));
    return failover;
  }

  async end(): Promise<void> {
    await Promise.all([this.#primary, this.#copy].map(({ started }) => started.stop()));
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async #node(name: string, of?: RedisNode): Promise<RedisNode> {
    const [port, home] = [await this.#scripts.freePort(), join(this.#folder, name)];
    return { port, home, started: await this.#open(port, home, of) };
  }

  async #start(node: RedisNode, of?: RedisNode): Promise<void> {
    node.started = await this.#open(node.port, node.home, of);
    this.#note();
  }

  #open(port: number, home: string, of: RedisNode | undefined): Promise<StartedNode> {
    const { log } = this.#scripts.placesOf();
    const more = ['repl-diskless-sync-delay 0', ...(of ? [`replicaof 127.0.0.1 ${of.port}`] : [])];
    const password = of && { password: of.started.password };
    return this.#scripts.startNode(this.#found, home, { port, log, more, ...password });
  }

  #note(): void {
    const server = [this.#primary, this.#copy].map(({ started }) => started.child.pid);
    writeFileSync(join(this.#folder, this.#scripts.OWNER_FILE), JSON.stringify({ owner: process.pid, server }));
  }

  async #untilCopied(): Promise<void> {
    const deadline = performance.now() + COPIED_WITHIN_MS;
    while (!(await this.#say(this.#copy, 'INFO', 'replication')).includes('master_link_status:up')) {
      if (performance.now() > deadline) throw new Error('the copy of the Redis server does not follow it');
      await pause(20);
    }
  }

  async #say({ port, started }: RedisNode, ...command: readonly string[]): Promise<string> {
    const { code, output } = await this.#scripts.run(
      join(this.#found.folder, 'redis-cli'),
      ['-p', String(port), ...command],
      { env: { ...process.env, REDISCLI_AUTH: started.password }, timeoutMs: COPIED_WITHIN_MS },
    );
    if (code !== 0) throw new Error(`redis-cli ${command.join(' ')} ended with ${code}: ${output}`);
    return output;
  }

  #urlOf({ port, started }: RedisNode): string {
    return `redis://default:${started.password}@127.0.0.1:${port}/0`;
  }
}

async function kill({ child, stop }: StartedNode): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  await stop();
}

function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms));
}
