/** The pool of a history, opened as a runtime opens those of a configuration. */
import { prefixed } from '@quality-hub/state';
import {
  BorrowedPools,
  type Borrower,
  type Member,
  Pool,
  type PoolRules,
  type PoolStrategy,
  systemLockClock,
} from '@quality-hub/state/sharing';
import type { Random } from '../random.ts';
import type { OpenPlace } from './lease-place.ts';

export const POOL = 'p';
const RUN = 'history';
const STRATEGIES: readonly PoolStrategy[] = ['round-robin', 'least-recently-used', 'sticky', 'random'];

/** What all processes of a history agree on. */
export interface PoolSettings {
  readonly members: readonly { readonly name: string; readonly labels: readonly string[] }[];
  readonly strategy: PoolStrategy;
  readonly seed: number;
}

export function poolSettings(random: Random): PoolSettings {
  const members = Array.from({ length: random.integer(3, 5) }, (_, at) => ({
    name: `m${at + 1}`,
    labels: ['a', 'b'].filter(() => random.chance(0.5)),
  }));
  return { members, strategy: random.pick(STRATEGIES), seed: random.integer(0, 1_000) };
}

/** Name of a member in the table of leases. */
export function memberLease(member: string): string {
  return `pool/${POOL}/member/${member}`;
}

export function openPool(
  { leases, store }: Pick<OpenPlace, 'leases' | 'store'>,
  { members, ...settings }: PoolSettings,
  rules: PoolRules,
): (borrower: Borrower) => BorrowedPools {
  const pool = new Pool<Member>({
    name: POOL,
    rules: { ...settings, ...rules },
    load: async () => members.map(member => ({ ...member })),
    context: signal => ({ signal }),
    leases,
    store,
    ownStore: prefixed(store, `run/${RUN}/`),
    run: RUN,
    clock: systemLockClock,
    now: () => Date.now(),
  });
  return borrower => new BorrowedPools(new Map([[POOL, pool]]), borrower);
}
