/** Leases of one process: no other process sees them, and nothing of them survives. */
import { randomUUID } from 'node:crypto';
import type { LeaseDriver } from '@quality-hub/protocol';
import { closedError } from '../errors.ts';
import { BellBoard } from '../leases/bell-board.ts';
import { checkTtl } from '../leases/claim-rules.ts';
import { LeaseBook } from '../leases/lease-book.ts';

export interface MemoryLeasesOptions {
  /** Wall clock in milliseconds. @default Date.now */
  readonly now?: () => number;
}

export function createMemoryLeases({ now = Date.now }: MemoryLeasesOptions = {}): LeaseDriver {
  const board = new BellBoard();
  const book = new LeaseBook(now, (waiters, names) => {
    for (const { ticket } of waiters) board.ring(ticket);
    board.ringNames(names);
  });
  let isClosed = false;
  const open = (): LeaseBook => {
    if (isClosed) throw closedError('The table of leases in memory');
    return book;
  };
  return {
    shared: false,
    durability: 'none',
    async acquire(claims, options) {
      const answer = open().acquire(claims, options, randomUUID());
      if (options.ticket !== undefined && answer.granted) board.forget(options.ticket);
      return answer;
    },
    async cancel(ticket) {
      board.forget(ticket);
      return open().cancel(ticket);
    },
    async renew({ id }, ttlMs) {
      checkTtl(ttlMs);
      return open().renew(id, ttlMs);
    },
    async release({ id }) {
      return open().release(id);
    },
    async table(prefix) {
      return open().table(prefix);
    },
    released(names, options) {
      open();
      return board.listen(names, options);
    },
    async close() {
      isClosed = true;
      board.close();
    },
  };
}
