import { join } from 'node:path';
import type { Lease, LeaseClaim } from '@quality-hub/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openSqliteState } from '../drivers/sqlite.ts';
import { createMemoryLeases } from '../index.ts';
import { openEmptyRedis, redisServers } from '../testing/redis-servers.ts';
import { scratchFolder } from '../testing/scratch-folder.ts';

/** The simplest table that one can be sure of: lists, looked through as a whole for each step. */
class Model {
  time = 0;
  leases: { id: string; owner: string; claims: readonly LeaseClaim[]; endsAt: number }[] = [];
  waiters: { id: string; owner: string; claims: readonly LeaseClaim[]; endsAt: number }[] = [];

  pass(ms: number): void {
    this.time += ms;
    this.leases = this.leases.filter(({ endsAt }) => endsAt > this.time);
    this.waiters = this.waiters.filter(({ endsAt }) => endsAt > this.time);
  }

  isFree(owner: string, claims: readonly LeaseClaim[], ticket?: string): boolean {
    const place = this.waiters.findIndex(({ id }) => id === ticket);
    const front = place < 0 ? this.waiters : this.waiters.slice(0, place);
    const mine = this.leases.filter(lease => lease.owner === owner);
    const others = [
      ...this.leases,
      ...front.filter(waiter => !mine.some(lease => lease.claims.some(held => excludes(held, waiter.claims)))),
    ];
    return claims.every(claim => {
      const said = others.flatMap(other => other.claims.filter(({ name }) => name === claim.name));
      const shared = said.filter(({ mode }) => mode === 'shared').length;
      if (claim.mode === 'shared') return said.length === shared;
      return shared === 0 && said.length < (claim.permits ?? 1);
    });
  }
}

function excludes(held: LeaseClaim, wanted: readonly LeaseClaim[]): boolean {
  const claim = wanted.find(({ name }) => name === held.name);
  if (claim === undefined || (held.mode === 'shared' && claim.mode === 'shared')) return false;
  return held.mode === 'shared' || claim.mode === 'shared' || (claim.permits ?? 1) === 1;
}

/** `s` has two permits. */
const claimOf = (text: string): LeaseClaim =>
  text.endsWith('+')
    ? { name: text.slice(0, 1), mode: 'shared' }
    : text === 's'
      ? { name: 's', permits: 2 }
      : { name: text };
const claims = fc
  .uniqueArray(fc.constantFrom('a', 'a+', 'b', 'b+', 's', 's+'), {
    minLength: 1,
    maxLength: 3,
    selector: text => text.slice(0, 1),
  })
  .map(texts => texts.map(claimOf));
const owner = fc.constantFrom('x', 'y', 'z');
const ttlMs = fc.integer({ min: 1, max: 60 });
const pick = fc.nat({ max: 9 });
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('ask' as const), owner, claims, ttlMs, tryOnce: fc.boolean() }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('askAgain' as const), pick, ttlMs }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('release' as const), pick }) },
  fc.record({ type: fc.constant('renew' as const), pick, ttlMs }),
  fc.record({ type: fc.constant('cancel' as const), pick }),
  fc.record({ type: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 30 }) }),
);

const drivers = {
  memory: async (now: () => number) => createMemoryLeases({ now }),
  sqlite: async (now: () => number) => {
    const { store, leases } = await openSqliteState({ path: join(scratchFolder(), 'state.db'), now });
    await store.close();
    return leases;
  },
  redis: async (now: () => number) => {
    const { store, leases } = await openEmptyRedis(redisServers[0]?.url ?? '', { now });
    await store.close();
    return leases;
  },
};
const HAS_REDIS = redisServers[0]?.url !== undefined;
const runs = [['memory', 300], ['sqlite', 30], ...(HAS_REDIS ? [['redis', 20] as const] : [])] as const;

test.for(runs)('leases of %s do what the simplest model does, whatever is done with them', async ([kind, numRuns]) => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async steps => {
      const model = new Model();
      const leases = await drivers[kind](() => model.time);
      let lastToken = 0;
      const ask = async (owner: string, wanted: readonly LeaseClaim[], options: Ask): Promise<void> => {
        const isFree = model.isFree(owner, wanted, options.ticket);
        const answer = await leases.acquire(wanted, { owner: { id: owner }, ...options });
        expect(answer.granted).toBe(isFree);
        const endsAt = model.time + options.ttlMs;
        if (answer.granted) {
          expect(answer.lease.token).toBeGreaterThan(lastToken);
          lastToken = answer.lease.token;
          model.waiters = model.waiters.filter(({ id }) => id !== options.ticket);
          model.leases.push({ id: answer.lease.id, owner, claims: wanted, endsAt });
          return;
        }
        expect(answer.againInMs).toBeGreaterThan(0);
        expect(answer.holders.length + answer.ahead).toBeGreaterThan(0);
        const known = model.waiters.find(({ id }) => id === options.ticket);
        if (known) known.endsAt = endsAt;
        else if (answer.ticket !== undefined) model.waiters.push({ id: answer.ticket, owner, claims: wanted, endsAt });
      };
      for (const one of steps) {
        if (one.type === 'pass') model.pass(one.ms);
        else if (one.type === 'ask') await ask(one.owner, one.claims, { ttlMs: one.ttlMs, tryOnce: one.tryOnce });
        else if (one.type === 'askAgain') {
          const waiter = model.waiters[one.pick % Math.max(1, model.waiters.length)];
          if (waiter) await ask(waiter.owner, waiter.claims, { ttlMs: one.ttlMs, ticket: waiter.id });
        } else if (one.type === 'cancel') {
          const waiter = model.waiters[one.pick];
          expect(await leases.cancel(waiter?.id ?? 'none')).toBe(waiter !== undefined);
          model.waiters = model.waiters.filter(other => other !== waiter);
        } else {
          const lease = model.leases[one.pick];
          const id = { id: lease?.id ?? 'none' };
          if (one.type === 'release') {
            expect(await leases.release(id)).toBe(lease !== undefined);
            model.leases = model.leases.filter(other => other !== lease);
          } else {
            expect((await leases.renew(id, one.ttlMs)) !== undefined).toBe(lease !== undefined);
            if (lease) lease.endsAt = model.time + one.ttlMs;
          }
        }
        const table = await leases.table('');
        expect(table.leases.map(({ id }: Lease) => id).sort()).toEqual(model.leases.map(({ id }) => id).sort());
        expect(table.waiters.map(({ ticket }) => ticket)).toEqual(model.waiters.map(({ id }) => id));
      }
      await leases.close();
    }),
    { numRuns },
  );
});

interface Ask {
  readonly ttlMs: number;
  readonly ticket?: string;
  readonly tryOnce?: boolean;
}

test.for(runs)('a clock that is put back makes no lease of %s longer', async ([kind]) => {
  let time = 10_000_000;
  const leases = await drivers[kind](() => time);
  const answer = await leases.acquire([{ name: 'a' }], { owner: { id: 'x' }, ttlMs: 1_000 });
  time += 400;
  await leases.acquire([{ name: 'b' }], { owner: { id: 'x' }, ttlMs: 1_000 });
  time -= 3_600_000;
  expect((await leases.table('a')).leases).toHaveLength(1);
  time += 599;
  expect((await leases.table('a')).leases[0]).toMatchObject({ token: answer.granted ? answer.lease.token : -1 });
  time += 1;
  expect((await leases.table('a')).leases).toEqual([]);
  await leases.close();
});
