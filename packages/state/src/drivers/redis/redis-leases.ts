/** Leases in Redis: every call is one script on the server's clock, and waiters are woken by a message to their process. */
import { randomUUID } from 'node:crypto';
import {
  type AcquireLease,
  type Durability,
  type Lease,
  type LeaseClaim,
  type LeaseDriver,
  type LeaseGranted,
  type LeaseQueued,
  type LeaseTable,
  OptionError,
} from '@quality-hub/protocol';
import { closedError } from '../../errors.ts';
import { BellBoard } from '../../leases/bell-board.ts';
import { checkAcquire, checkTtl, type FullClaim, isId, permitsProblem } from '../../leases/claim-rules.ts';
import { findDeadlock } from '../../leases/deadlock.ts';
import { tableOf, toLease } from '../../leases/lease-answers.ts';
import { bodyOf, entriesOf, type Row } from '../../leases/lease-rows.ts';
import { TableStanding } from '../../leases/table-standing.ts';
import { ACQUIRE, ALL, END, RENEW } from './lease-scripts.ts';
import type { RedisConnection } from './redis-connection.ts';

/** For those who listen without a ticket: nobody tells them of other processes. */
const LOOK_MS = 250;

type RawRow = readonly [
  id: string,
  place: string,
  body: string,
  number: string,
  since: string,
  end: string,
  bell: string,
];

export class RedisLeases implements LeaseDriver {
  readonly shared = true;
  readonly durability: Durability;
  readonly #connection: RedisConnection;
  readonly #letGo: () => Promise<void>;
  readonly #now: () => string;
  readonly #bell = `bell:${randomUUID()}`;
  readonly #board: BellBoard;
  #hanging: Promise<void> | undefined;
  #looking: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(connection: RedisConnection, durability: Durability, now: () => string) {
    this.#connection = connection;
    this.durability = durability;
    this.#letGo = connection.use();
    this.#now = now;
    this.#board = new BellBoard(isAny => {
      clearInterval(this.#looking);
      this.#looking = isAny ? setInterval(() => this.#board.ringTicketless(), LOOK_MS) : undefined;
    });
  }

  async acquire(asked: readonly LeaseClaim[], options: AcquireLease): Promise<LeaseGranted | LeaseQueued> {
    const claims = checkAcquire(asked, options);
    // Chosen before the first try: one that is repeated is the same wish.
    const id = options.ticket ?? randomUUID();
    const isHung = this.#hanging !== undefined;
    if (isHung) await this.#hanging;
    const answer = await this.#ask(claims, options, id);
    if (answer.granted) {
      this.#board.forget(id);
      return answer;
    }
    if (isHung || options.tryOnce) return answer;
    // The first one that has to wait: what came before the bell hung was not heard, so it asks once more.
    await this.#hangUp();
    return this.#ask(claims, { ...options, ticket: id }, id);
  }

  async cancel(ticket: string): Promise<boolean> {
    this.#board.forget(ticket);
    return this.#end(ticket, '1');
  }

  async renew({ id }: Pick<Lease, 'id'>, ttlMs: number): Promise<Lease | undefined> {
    checkTtl(ttlMs);
    if (!isId(id)) return undefined;
    const { reply } = await this.#open().run(RENEW, [this.#now(), id, String(Math.ceil(ttlMs))]);
    const lease = reply === null ? undefined : entriesOf([rowOf(reply as RawRow)]).leases[0];
    return lease && toLease(lease);
  }

  async release({ id }: Pick<Lease, 'id'>): Promise<boolean> {
    return this.#end(id, '0');
  }

  async table(prefix: string): Promise<LeaseTable> {
    const { reply } = await this.#open().run(ALL, [this.#now()]);
    const { leases, waiters } = entriesOf(rowsOf(reply));
    return tableOf(leases, waiters, prefix);
  }

  released(
    names: readonly string[],
    options: { readonly signal: AbortSignal; readonly ticket?: string | undefined },
  ): AsyncIterable<string> {
    this.#open();
    return this.#board.listen(names, options);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#board.close();
    clearInterval(this.#looking);
    await this.#letGo();
  }

  async #ask(claims: readonly FullClaim[], options: AcquireLease, id: string): Promise<LeaseGranted | LeaseQueued> {
    const { owner, ttlMs, tryOnce = false } = options;
    const compact = JSON.stringify(claims.map(claim => [claim.name, ...modeOf(claim)]));
    const lifetime = String(Math.ceil(ttlMs));
    const bell = this.#hanging === undefined ? '' : this.#bell;
    const { reply } = await this.#open().run(ACQUIRE, [
      this.#now(),
      id,
      bodyOf(claims, owner),
      compact,
      JSON.stringify(owner.id),
      lifetime,
      tryOnce ? '1' : '0',
      bell,
      ...claims.flatMap(claim => [claim.name, modeOf(claim).join(':')]),
    ]);
    const [, what, ...rest] = reply as [string, string, ...unknown[]];
    if (what === 'granted') {
      const [token, grantedAt, expiresAt] = rest.map(Number) as [number, number, number];
      return { granted: true, lease: { id, claims, owner, token, grantedAt, expiresAt } };
    }
    if (what === 'permits' || what === 'ticket') throw refusal(what, rest as string[]);
    const [ahead, againInMs, holders, rows] = rest as [number, number, readonly RawRow[], readonly RawRow[]];
    const standing = new TableStanding(entriesOf(rowsOf(rows)));
    const deadlock = what === 'queued' ? findDeadlock(owner, standing.waiters, standing) : undefined;
    return {
      granted: false,
      ...(what === 'queued' ? { ticket: id } : {}),
      ahead,
      holders: entriesOf(rowsOf(holders)).leases.map(toLease),
      againInMs: Math.max(1, againInMs),
      ...(deadlock ? { deadlock } : {}),
    };
  }

  async #end(id: string, place: '0' | '1'): Promise<boolean> {
    if (!isId(id)) return false;
    const { reply, isRepeated } = await this.#open().run(END, [this.#now(), id, place]);
    // A first try whose answer was lost has ended it.
    return reply === 1 || isRepeated;
  }

  /** From now on this process hears messages; after a connection was lost, everybody asks again. */
  #hangUp(): Promise<void> {
    this.#hanging ??= this.#connection
      .listen(
        this.#bell,
        ticket => this.#board.ring(ticket),
        () => this.#board.ringAll(),
      )
      .catch(error => {
        this.#hanging = undefined;
        throw error;
      });
    return this.#hanging;
  }

  #open(): RedisConnection {
    if (this.#isClosed) throw closedError(`The leases on ${this.#connection.where}`);
    return this.#connection;
  }
}

function modeOf(claim: FullClaim): readonly [string, number] {
  return claim.mode === 'shared' ? ['s', 1] : ['x', claim.permits];
}

function refusal(what: 'permits' | 'ticket', said: readonly string[]): OptionError {
  const [name = '', permits, others] = said;
  if (what === 'permits') return new OptionError('lease', [permitsProblem(name, Number(permits), Number(others))]);
  const names = (JSON.parse(name) as [string][]).map(([one]) => JSON.stringify(one));
  return new OptionError('lease', [`the ticket is one for ${names.join(', ')}`]);
}

/** In the order of their numbers. */
function rowsOf(reply: unknown): readonly Row[] {
  return (reply as readonly RawRow[]).map(rowOf).sort((a, b) => a.number - b.number);
}

function rowOf([id, place, body, number, since, end, bell]: RawRow): Row {
  const times = { number: Number(number), since: Number(since), expires_at: Number(end) };
  return { id, is_waiter: place === '1' ? 1 : 0, body, ...times, bell: bell === '' ? null : bell };
}
