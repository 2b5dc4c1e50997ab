/** Random histories of processes that lend, give back, stand still and die: no member twice, none lost, everybody served. */
import type { LeaseDriver } from '@quality-hub/protocol';
import { FakeClock } from '@quality-hub/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMemoryDriver } from '../drivers/memory.ts';
import { createMemoryLeases } from '../drivers/memory-leases.ts';
import { Pool } from './pool.ts';
import type { Lent } from './pool-options.ts';
import { BorrowedPools } from './pools.ts';

const TTL_MS = 3_000;
const MEMBERS = [{ name: 'm1', labels: ['a'] }, { name: 'm2', labels: ['a', 'b'] }, { name: 'm3' }];

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 25; turn++) await new Promise(setImmediate);
};

/** One process: when it is dead, or stands still, nothing of it reaches the store, and none of its timers runs. */
class Worker {
  readonly lent: Lent[] = [];
  waiting = 0;
  state: 'alive' | 'paused' | 'dead' = 'alive';
  readonly #pools: BorrowedPools;
  readonly #held: (() => void)[] = [];

  constructor(id: string, clock: FakeClock, store: ReturnType<typeof createMemoryDriver>, all: LeaseDriver) {
    const through =
      <Given extends unknown[], T>(call: (...given: Given) => Promise<T>) =>
      async (...given: Given): Promise<T> => {
        await this.#whenAwake();
        const result = await call(...given);
        await this.#whenAwake();
        return result;
      };
    const leases: LeaseDriver = {
      ...all,
      acquire: through(all.acquire),
      renew: through(all.renew),
      release: through(all.release),
      cancel: through(all.cancel),
      table: through(all.table),
    };
    const after = (delayMs: number, run: () => void) => clock.after(delayMs, () => void this.#whenAwake().then(run));
    const pool = new Pool({
      name: 'p',
      rules: { ttlMs: TTL_MS, waitMs: 10_000_000 },
      load: async () => MEMBERS,
      context: signal => ({ signal }),
      leases,
      store,
      ownStore: store,
      run: 'r',
      clock: { now: clock.now, after },
      now: clock.now,
    });
    this.#pools = new BorrowedPools(new Map([['p', pool as never]]), { owner: { id } });
  }

  lend(label: string | undefined): void {
    this.waiting++;
    void this.#pools.lease('p', label === undefined ? {} : { label }).then(lent => {
      this.waiting--;
      this.lent.push(lent);
    });
  }

  giveBack(): void {
    void this.lent.shift()?.lease.release();
  }

  wake(): void {
    if (this.state !== 'paused') return;
    this.state = 'alive';
    for (const goOn of this.#held.splice(0)) goOn();
  }

  /** What it would write with now: our clients look before each call. */
  get usable(): readonly string[] {
    return this.state === 'alive' ? this.lent.filter(({ lease }) => lease.isHeld).map(({ lease }) => lease.member) : [];
  }

  #whenAwake(): Promise<void> {
    if (this.state === 'alive') return Promise.resolve();
    return new Promise(resolve => this.#held.push(resolve));
  }
}

const which = fc.nat(3);
const steps = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant('lend' as const),
        which,
        label: fc.constantFrom(undefined, undefined, 'a', 'b'),
      }),
    },
    { weight: 5, arbitrary: fc.record({ do: fc.constant('back' as const), which }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('pause' as const, 'wake' as const), which }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('kill' as const), which: fc.constant(3) }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('time' as const), ms: fc.integer({ min: 50, max: 4_000 }) }) },
  ),
  { minLength: 5, maxLength: 40 },
);

test('whatever happens, a member is used by one at a time, none is lost, and everybody who lives is served', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async history => {
      const clock = new FakeClock();
      const [store, all] = [createMemoryDriver({ now: clock.now }), createMemoryLeases({ now: clock.now })];
      const workers = ['w0', 'w1', 'w2', 'w3'].map(id => new Worker(id, clock, store, all));
      const check = (): void => {
        const used = workers.flatMap(({ usable }) => usable);
        expect(used, JSON.stringify(history)).toEqual([...new Set(used)]);
      };
      const pass = async (ms: number): Promise<void> => {
        for (let gone = 0; gone < ms; gone += 250) {
          clock.advance(Math.min(250, ms - gone));
          await settle();
          check();
        }
      };
      for (const step of history) {
        const worker = 'which' in step ? workers[step.which] : undefined;
        if (step.do === 'lend') worker?.lend(step.label);
        if (step.do === 'back') worker?.giveBack();
        if (step.do === 'pause' && worker?.state === 'alive') worker.state = 'paused';
        if (step.do === 'wake') worker?.wake();
        // Whoever wakes up could write before any of its timers has run.
        check();
        if (step.do === 'kill' && worker) worker.state = 'dead';
        if (step.do === 'time') await pass(step.ms);
        await settle();
        check();
      }
      for (const worker of workers) worker.wake();
      const living = workers.filter(({ state }) => state === 'alive');
      const wanted = (): number => living.reduce((sum, { waiting }) => sum + waiting, 0);
      for (let round = 0; round < 200 && wanted() > 0; round++) {
        for (const worker of living) while (worker.lent.length > 0) worker.giveBack();
        await pass(1_500);
      }
      expect(wanted(), JSON.stringify(history)).toBe(0);
      for (const worker of living) while (worker.lent.length > 0) worker.giveBack();
      await pass(20_000);
      const table = await all.table('pool/p/member/');
      expect(table, JSON.stringify(history)).toEqual({ leases: [], waiters: [] });
    }),
    {
      numRuns: 60,
      // One stands still until another has its member, and wakes up.
      examples: [
        [
          [
            { do: 'lend', which: 0, label: 'b' },
            { do: 'pause', which: 0 },
            { do: 'lend', which: 1, label: 'b' },
            { do: 'time', ms: 4_000 },
            { do: 'time', ms: 4_000 },
            { do: 'wake', which: 0 },
          ],
        ],
      ],
    },
  );
}, 300_000);
