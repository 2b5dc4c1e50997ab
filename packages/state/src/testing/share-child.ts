/** A process that takes locks and members as its parent says, line by line, and tells what it has. */
import { createInterface } from 'node:readline';
import { Pool } from '../pools/pool.ts';
import { prefixed } from '../prefixed.ts';
import { BorrowedPools, createLocks, createOnce, Fence, type HeldLease, systemLockClock } from '../sharing.ts';
import { openStateAt } from './open-state-at.ts';

const [path = '', id = '', ttl = '1500', members = '2'] = process.argv.slice(2);
const ttlMs = Number(ttl);
const { store, leases } = await openStateAt(path);
const owner = { id, label: `process ${id}`, run: 'r1' };
const fence = new Fence();
const locks = createLocks({ leases, owner, fence });
const pool = new Pool({
  name: 'cashiers',
  rules: { ttlMs },
  load: async () => Array.from({ length: Number(members) }, (_, index) => ({ login: `c${index + 1}` })),
  context: signal => ({ signal }),
  leases,
  store,
  ownStore: prefixed(store, 'run/r1/'),
  run: 'r1',
  clock: systemLockClock,
  now: Date.now,
});
const pools = new BorrowedPools(new Map([['cashiers', pool as never]]), { owner, fence });
const once = createOnce({ leases, owner, store: prefixed(store, 'run/r1/'), run: 'r1', memory: new Map() });
const held = new Map<string, HeldLease>();

const tell = (told: object): void => void process.stdout.write(`${JSON.stringify(told)}\n`);

const actions: Readonly<Record<string, (name: string) => unknown>> = {
  lock: async name => {
    const lease = await locks.acquire(name, { ttlMs, waitMs: 60_000 });
    held.set(name, lease);
    return { token: lease.token };
  },
  unlock: async name => {
    await held.get(name)?.release();
  },
  /** Writes as our clients do: not while a lease is lost. The write happens at once after the check. */
  write: () => {
    fence.check();
    return { tokens: [...held.values()].map(({ token }) => token) };
  },
  /** So many turns with a member, each told with its begin and end. */
  turns: async count => {
    for (let turn = 0; turn < Number(count); turn++) {
      await pools.with('cashiers', async member => {
        const begin = performance.timeOrigin + performance.now();
        await new Promise(resolve => setTimeout(resolve, 5));
        tell({
          turn,
          login: member.login,
          token: member.lease.token,
          begin,
          end: performance.timeOrigin + performance.now(),
        });
      });
    }
  },
  lend: async () => ({ login: (await pools.lease('cashiers', { waitMs: 60_000 })).login }),
  /** Never ends where the name says so. */
  once: async name => ({
    result: await once(name, () => (name.startsWith('hang') && id === 'a' ? new Promise(() => {}) : `by ${id}`), {
      ttlMs,
    }),
  }),
};

tell({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  const [action = '', name = ''] = line.split(' ');
  void (async () => actions[action]?.(name))().then(
    result => tell({ did: line, ...(result as object | undefined) }),
    (error: { code?: string; message: string }) => tell({ did: line, code: error.code, message: error.message }),
  );
}
await pools.close();
await locks.close();
await leases.close();
await store.close();
