import type { AcquireLease, Lease, LeaseClaim, LeaseDriver } from '@quality-hub/protocol';
import { expect, test } from 'vitest';
import type { OpenedLeases } from './asking.ts';
import { leaseContract } from './lease-contract.ts';

interface Flaws {
  readonly unfair?: boolean;
  readonly everlasting?: boolean;
  readonly sameToken?: boolean;
  readonly silent?: boolean;
  readonly partial?: boolean;
}

interface Place {
  readonly ticket: string;
  readonly claims: readonly LeaseClaim[];
}

/** Runs the suite over `open` and hands back the facts that do not hold. */
async function brokenFacts(open: () => OpenedLeases): Promise<string[]> {
  const facts: [string, () => Promise<void>][] = [];
  const suite = {
    describe: (_: string, body: () => void) => body(),
    test: (fact: string, body: () => Promise<void>) => void facts.push([fact, body]),
  };
  leaseContract('x', { open: async () => open() }, suite);
  const broken: string[] = [];
  for (const [fact, body] of facts) {
    // A wake-up that never comes is waited for no longer than it takes to see that.
    const late = new Promise<void>((_, reject) => setTimeout(reject, 300, new Error('late')).unref());
    await Promise.race([body(), late]).catch(() => broken.push(fact));
  }
  return broken;
}

/** Exclusive names in a queue, which is most of the contract, and ways to break it. */
function open(flaws: Flaws = {}): OpenedLeases {
  let time = 1_000;
  let count = 0;
  let leases: Lease[] = [];
  let places: Place[] = [];
  const woken = new Set<() => void>();
  const wake = (): void => {
    for (const one of woken) if (!flaws.silent) one();
  };
  const alive = (): readonly Lease[] => {
    leases = leases.filter(({ expiresAt }) => flaws.everlasting || expiresAt > time);
    return leases;
  };
  const overlap = (a: readonly LeaseClaim[], b: readonly LeaseClaim[]): boolean =>
    (flaws.partial ? a.slice(0, 1) : a).some(({ name }) => b.some(other => other.name === name));
  const driver: LeaseDriver = {
    shared: false,
    durability: 'none',
    async acquire(claims: readonly LeaseClaim[], { owner, ttlMs, ticket, tryOnce }: AcquireLease) {
      const at = places.findIndex(place => place.ticket === ticket);
      const front = (flaws.unfair ? [] : places.slice(0, at < 0 ? undefined : at)).filter(one =>
        overlap(claims, one.claims),
      );
      const holders = alive().filter(lease => overlap(claims, lease.claims));
      const id = ticket ?? `t${++count}`;
      if (holders.length + front.length === 0) {
        const sorted = [...claims].sort((a, b) => (a.name < b.name ? -1 : 1));
        const token = flaws.sameToken ? 1 : ++count;
        const lease = { id, claims: sorted, owner, token, grantedAt: time, expiresAt: time + ttlMs };
        places = places.filter(place => place.ticket !== id);
        leases.push(lease);
        return { granted: true, lease };
      }
      if (!tryOnce && at < 0) places.push({ ticket: id, claims });
      const againInMs = Math.max(1, Math.min(...holders.map(({ expiresAt }) => expiresAt)) - time);
      return { granted: false, ...(tryOnce ? {} : { ticket: id }), ahead: front.length, holders, againInMs };
    },
    async cancel(ticket) {
      const before = places.length;
      places = places.filter(place => place.ticket !== ticket);
      wake();
      return places.length < before;
    },
    async renew({ id }, ttlMs) {
      const found = alive().find(lease => lease.id === id);
      if (!found) return undefined;
      const longer = { ...found, expiresAt: time + ttlMs };
      leases = leases.map(lease => (lease === found ? longer : lease));
      return longer;
    },
    async release({ id }) {
      const before = alive().length;
      leases = leases.filter(lease => lease.id !== id);
      wake();
      return leases.length < before;
    },
    async table(prefix) {
      const asked = alive().filter(({ claims }) => claims.some(({ name }) => name.startsWith(prefix)));
      return { leases: asked, waiters: [] };
    },
    async *released(names) {
      await new Promise<void>(resolve => woken.add(resolve));
      yield names[0] ?? '';
    },
    close: async () => {},
  };
  return {
    leases: driver,
    elapse: async ms => {
      time += ms;
    },
  };
}

const KEPT = [
  'a token is greater than that of every lease before it',
  'the queue is fair: who came first is first, and a newcomer does not overtake',
  'several names are had together or not at all',
  'a lease that is past its end is not there, for any call',
  'a lease that is given back is free at once, and only once',
];

test('a driver that keeps a fact is not blamed for it', async () => {
  const broken = await brokenFacts(() => open());
  expect(KEPT.filter(fact => broken.includes(fact))).toEqual([]);
  // And one that has neither shared names nor circles is.
  expect(broken).toContain('an exclusive name has one holder, shared ones hold together');
  expect(broken).toContain('who closes a circle hears of it, and of all in it');
});

test.for([
  ['sameToken', KEPT[0]],
  ['unfair', KEPT[1]],
  ['partial', KEPT[2]],
  ['everlasting', KEPT[3]],
] as const)('a driver with the flaw %s breaks the fact: %s', async ([flaw, fact]) => {
  expect(await brokenFacts(() => open({ [flaw]: true }))).toContain(fact);
});

test('a driver that wakes nobody is found out', async () => {
  const fact = 'all readers behind a writer are woken together';
  const name = 'without a ticket somebody is woken for a name as well';
  expect(await brokenFacts(() => open())).not.toContain(name);
  expect(await brokenFacts(() => open({ silent: true }))).toEqual(expect.arrayContaining([fact, name]));
});
