/** Locks, pools and `once` of one process, for each of those who ask. */
import type { HttpClient } from '@quality-hub/clients';
import type { SqlDatabase } from '@quality-hub/clients/db';
import { nameOfSecret } from '@quality-hub/config';
import type { KeyValueDriver, LeaseDriver } from '@quality-hub/protocol';
import {
  BorrowedPools,
  type Borrower,
  createLocks,
  createOnce,
  type Fence,
  LockHistory,
  type Locks,
  type Member,
  type Once,
  Pool,
  systemLockClock,
} from '@quality-hub/state/sharing';
import type { Secret } from '@quality-hub/telemetry';
import { madeMember, membersFrom } from './pool-members-from.ts';
import type { PoolEntry, PoolSection, PoolSurroundings } from './pool-section.ts';

export interface SharingParts {
  readonly section: Readonly<Record<string, PoolEntry>>;
  /** Paths of the section are from here. */
  readonly folder: string;
  readonly leases: LeaseDriver;
  readonly store: KeyValueDriver;
  readonly ownStore: KeyValueDriver;
  readonly runId: string;
  readonly fence: Fence;
  readonly client: (name?: string) => HttpClient;
  readonly database: (name: string) => SqlDatabase;
  readonly secret: (name: string) => Promise<Secret>;
  readonly now: () => number;
}

/** Who asks: a test, or a worker. */
export type Asker = Pick<Borrower, 'owner' | 'remainingMs' | 'observe'>;

/** What one asker has, until `close`. */
export interface Shares {
  readonly locks: Locks;
  readonly pools: BorrowedPools;
  readonly once: Once;
}

export class Sharing {
  readonly #parts: SharingParts;
  readonly #history: LockHistory;
  readonly #pools: ReadonlyMap<string, Pool<Member, PoolSurroundings>>;
  readonly #doneHere = new Map<string, Promise<unknown>>();

  constructor(parts: SharingParts) {
    this.#parts = parts;
    this.#history = new LockHistory(parts.store, parts.now);
    this.#pools = new Map(
      Object.entries(parts.section).map(([name, entry]) => [name, this.#pool(name, sectionOf(entry))]),
    );
  }

  for({ owner: given, ...asker }: Asker): Shares {
    const { leases, fence, ownStore: store, runId: run } = this.#parts;
    const owner = { run, ...given };
    const around = { leases, owner, fence, history: this.#history, ...asker };
    return {
      locks: createLocks(around),
      pools: new BorrowedPools(this.#pools as never, around),
      once: createOnce({ ...around, store, run, memory: this.#doneHere }),
    };
  }

  /** Removes what pools have made, where no other worker of the run uses them. */
  async close(): Promise<void> {
    const results = await Promise.allSettled([...this.#pools.values()].map(pool => pool.close()));
    await this.#history.written();
    const failed = results.find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
  }

  #pool(name: string, section: PoolSection): Pool<Member, PoolSurroundings> {
    const { folder, leases, store, ownStore, runId: run, client, database, secret, now } = this.#parts;
    const { make } = section;
    const context = (signal: AbortSignal): PoolSurroundings => ({ signal, client, database, secret });
    return new Pool<Member, PoolSurroundings>({
      name,
      rules: {
        ...section,
        ...(make && { make: async surroundings => madeMember(name, section, await make(surroundings)) }),
      },
      load: () => membersFrom(name, section, { context: context(new AbortController().signal), folder }),
      open: payload => withSecrets(payload, secret) as Promise<Member>,
      context,
      leases,
      store,
      ownStore,
      run,
      clock: systemLockClock,
      now,
    });
  }
}

function sectionOf(entry: PoolEntry): PoolSection {
  return Array.isArray(entry) ? { members: entry } : (entry as PoolSection);
}

/** Puts boxes of secrets in the place of their names. */
async function withSecrets(value: unknown, secret: (name: string) => Promise<Secret>): Promise<unknown> {
  const name = nameOfSecret(value);
  if (name !== undefined) return secret(name);
  if (Array.isArray(value)) return Promise.all(value.map(one => withSecrets(one, secret)));
  if (typeof value !== 'object' || value === null || !isPlain(value)) return value;
  const entries = Object.entries(value).map(async ([key, inner]) => [key, await withSecrets(inner, secret)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
