/** Counts of a database together with those of its copies, whose clients come and go with the tests. */
import type { SqlDatabase } from '@quality-hub/clients/db';
import type { PoolStatistics } from '@quality-hub/protocol';

export class PoolTotals {
  /** Of copies that are closed. */
  readonly #past = new Map<string, PoolStatistics>();
  readonly #last = new Map<string, SqlDatabase>();

  /** A copy is opened when the one before is closed. */
  opened(name: string, copy: SqlDatabase): SqlDatabase {
    const before = this.#last.get(name);
    if (before) this.#past.set(name, sum(before.statistics(), this.#past.get(name)));
    this.#last.set(name, copy);
    return copy;
  }

  of(name: string, database: SqlDatabase): PoolStatistics {
    return sum(database.statistics(), this.#past.get(name), this.#last.get(name)?.statistics());
  }
}

function sum(first: PoolStatistics, ...others: readonly (PoolStatistics | undefined)[]): PoolStatistics {
  const total: Record<string, number> = { ...first };
  for (const other of others)
    for (const [name, count] of Object.entries(other ?? {})) total[name] = (total[name] ?? 0) + count;
  return total as unknown as PoolStatistics;
}
