/** Leases in the SQLite file: every call is one transaction, and waiters of other processes are woken by their bells. */
import { randomUUID } from 'node:crypto';
import type {
  AcquireLease,
  Lease,
  LeaseClaim,
  LeaseDriver,
  LeaseGranted,
  LeaseQueued,
  LeaseTable,
} from '@quality-hub/protocol';
import { closedError } from '../../errors.ts';
import { checkAcquire, checkTtl } from '../../leases/claim-rules.ts';
import { tableOf } from '../../leases/lease-answers.ts';
import { entriesOf } from '../../leases/lease-rows.ts';
import { BellFiles } from './bell-files.ts';
import { type Freed, LeaseStep } from './lease-step.ts';
import type { SharedFile } from './patiently.ts';

export class SqliteLeases implements LeaseDriver {
  readonly shared = true;
  readonly durability = 'process';
  readonly #file: SharedFile;
  readonly #letGo: () => void;
  readonly #now: () => number;
  readonly #bells: BellFiles;
  #isClosed = false;

  constructor(file: SharedFile, now: () => number) {
    this.#file = file;
    this.#letGo = file.use();
    this.#now = now;
    this.#bells = new BellFiles(`${file.path}-bells`);
  }

  async acquire(asked: readonly LeaseClaim[], options: AcquireLease): Promise<LeaseGranted | LeaseQueued> {
    const claims = checkAcquire(asked, options);
    // Chosen before the first try: a step that is repeated is the same step.
    const id = options.ticket ?? randomUUID();
    const answer = await this.#step(step => step.acquire(claims, options, { id, bell: () => this.#bells.own() }));
    if (answer.granted) this.#bells.board.forget(id);
    return answer;
  }

  async cancel(ticket: string): Promise<boolean> {
    this.#bells.board.forget(ticket);
    return this.#step(step => step.cancel(ticket));
  }

  async renew({ id }: Pick<Lease, 'id'>, ttlMs: number): Promise<Lease | undefined> {
    checkTtl(ttlMs);
    return this.#step(step => step.renew(id, ttlMs));
  }

  async release({ id }: Pick<Lease, 'id'>): Promise<boolean> {
    return this.#step(step => step.release(id));
  }

  async table(prefix: string): Promise<LeaseTable> {
    const { leases, waiters } = await this.#step(step => entriesOf(step.all()));
    return tableOf(leases, waiters, prefix);
  }

  released(
    names: readonly string[],
    options: { readonly signal: AbortSignal; readonly ticket?: string | undefined },
  ): AsyncIterable<string> {
    if (this.#isClosed) throw closedError(this.#file.path);
    return this.#bells.board.listen(names, options);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#bells.close();
    this.#letGo();
  }

  async #step<T>(work: (step: LeaseStep) => T): Promise<T> {
    const { result, freed } = await this.#file.run(({ leases: sql }) => {
      if (this.#isClosed) throw closedError(this.#file.path);
      sql.begin.run();
      try {
        const step = new LeaseStep(sql, this.#now());
        const result = work(step);
        const freed = step.whoIsFreed();
        sql.commit.run();
        return { result, freed };
      } catch (error) {
        // A full disk has ended the transaction already.
        try {
          sql.rollback.run();
        } catch {}
        throw error;
      }
    });
    if (freed) this.#tell(freed);
    return result;
  }

  #tell({ waiters, names }: Freed): void {
    for (const { ticket, bell } of waiters) this.#bells.ring(ticket, bell);
    this.#bells.board.ringNames(names);
  }
}
