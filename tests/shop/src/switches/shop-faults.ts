/** Puts the switches to work in the shop: one hook that knows what each fault really does. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Database, Snapshot, TroubledDatabase } from '../database/port.ts';
import { expireToken } from '../domain/accounts.ts';
import type { BugName } from '../domain/bugs.ts';
import { tokenOf } from '../http/token.ts';
import type { Fault, SwitchState } from './schema.ts';
import type { Switchboard } from './switchboard.ts';
import { incoming, strikeTraffic } from './traffic-faults.ts';
import { type DatabaseTroubles, troubledView } from './trouble.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The database as this request sees it. */
    database: Database;
    bugs: ReadonlySet<BugName>;
    /** The page must end its tab. */
    pageCrashes: boolean;
  }
}

export interface ShopFaults {
  /** Call after each change of the switchboard: some faults keep something while they are on. */
  follow(states: readonly SwitchState[]): Promise<void>;
  close(): Promise<void>;
}

export interface ShopFaultsOptions {
  readonly database: TroubledDatabase;
  readonly switchboard: Switchboard;
  readonly now: () => Date;
  /** Ends the process. */
  readonly crash: (downMs: number) => void;
}

/** Adds the hook. It must be the first one, so that a struck request reaches nobody. */
export function addShopFaults(app: FastifyInstance, options: ShopFaultsOptions): ShopFaults {
  const snapshots = new Map<string, Snapshot>();
  const keptMemory = new Map<string, number[][]>();
  app.decorateRequest('database');
  app.decorateRequest('bugs');
  app.decorateRequest('pageCrashes', false);

  app.addHook('onRequest', async (request, reply) => {
    const bugs = new Set<BugName>();
    const troubles: { -readonly [Key in keyof DatabaseTroubles]: DatabaseTroubles[Key] } = {};
    request.bugs = bugs;
    request.database = troubledView(options.database, troubles);
    for (const { id, fault } of options.switchboard.strikesFor(incoming(request))) {
      request.log.warn({ switch: id, fault: fault.kind }, 'a switch strikes');
      if (await strikeTraffic(fault, request, reply)) return;
      if (fault.kind === 'wrong-data') bugs.add(fault.bug);
      if (fault.kind === 'slow-query') troubles.slowQueryMs = fault.ms;
      if (fault.kind === 'unique-violation') troubles.insertsTwice = true;
      if (fault.kind === 'stale-read') troubles.reads = snapshots.get(id);
      if (fault.kind === 'page-crash') request.pageCrashes = true;
      if (fault.kind === 'memory-growth') grow(keptMemory, id, fault.megabytes);
      if (fault.kind === 'crash') return crash(reply, options, fault.downMs);
      await strikeDatabase(fault, request, reply, options);
    }
  });

  return {
    async follow(states) {
      const on = (kind: Fault['kind']) => states.filter(state => state.fault.kind === kind).map(state => state.id);
      const stale = new Set(on('stale-read'));
      for (const [id, snapshot] of snapshots) {
        if (stale.has(id)) continue;
        snapshots.delete(id);
        await snapshot.close();
      }
      for (const id of stale) if (!snapshots.has(id)) snapshots.set(id, await options.database.snapshot());
      const growing = new Set(on('memory-growth'));
      for (const id of keptMemory.keys()) if (!growing.has(id)) keptMemory.delete(id);
    },
    async close() {
      for (const snapshot of snapshots.values()) await snapshot.close();
      snapshots.clear();
    },
  };
}

async function strikeDatabase(
  fault: Fault,
  request: FastifyRequest,
  reply: FastifyReply,
  { database, now }: ShopFaultsOptions,
): Promise<void> {
  if (fault.kind === 'expired-token') {
    const token = tokenOf(request);
    if (token) await expireToken(database, token, now());
  }
  if (fault.kind === 'database-locked') {
    const release = await database.lock();
    // "close" comes after every answer and after every broken connection.
    reply.raw.once('close', () => {
      release().catch(error => request.log.error(error));
    });
  }
}

function crash(reply: FastifyReply, options: ShopFaultsOptions, downMs: number): void {
  reply.hijack();
  options.crash(downMs);
}

/** One megabyte is 131,072 numbers of eight bytes. */
function grow(kept: Map<string, number[][]>, id: string, megabytes: number): void {
  const mine = kept.get(id) ?? [];
  for (let i = 0; i < megabytes; i++) mine.push(new Array<number>(131_072).fill(Math.random()));
  kept.set(id, mine);
}
