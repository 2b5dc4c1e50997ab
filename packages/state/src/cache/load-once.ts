/** One process loads while the others wait for what it stores. */
import type { Lease, LeaseDriver, LeaseOwner } from '@quality-hub/protocol';

/** A loader that dies holds the others up for so long. */
const LEASE_MS = 15_000;
/** What was stored is looked for so often, also where no wake-up comes. */
const LOOK_MS = 250;

export interface LoadOnceOptions<T> {
  readonly leases: LeaseDriver;
  readonly name: string;
  readonly owner: LeaseOwner;
  /** What somebody else has stored meanwhile. */
  readonly ready: () => Promise<T | undefined>;
  readonly load: () => Promise<T>;
  /** The leases do not work: it loads by itself then. */
  readonly onTrouble: (error: unknown) => void;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** @throws what `load` throws. Leases that do not work, and loads that wait for each other, cost a second load and nothing else. */
export async function loadOnce<T>(options: LoadOnceOptions<T>): Promise<T> {
  const { leases, name, owner, ready, load, onTrouble } = options;
  let ticket: string | undefined;
  const leave = (): void => {
    if (ticket !== undefined) leases.cancel(ticket).catch(onTrouble);
  };
  for (;;) {
    try {
      const answer = await leases.acquire([{ name }], {
        owner,
        ttlMs: LEASE_MS,
        ...(ticket !== undefined && { ticket }),
      });
      if (answer.granted) return await withLease(answer.lease, options);
      ticket = answer.ticket;
      if (answer.deadlock !== undefined) break;
      await turnOf(ticket, answer.againInMs, options);
    } catch (error) {
      if (error instanceof LoadFailed) throw error.cause;
      onTrouble(error);
      break;
    }
    const found = await ready();
    if (found !== undefined) {
      leave();
      return found;
    }
  }
  leave();
  return load();
}

/** Tells what `load` throws from what the leases throw. */
class LoadFailed extends Error {}

async function withLease<T>(lease: Lease, { leases, ready, load, onTrouble }: LoadOnceOptions<T>): Promise<T> {
  const beat = setInterval(() => void leases.renew(lease, LEASE_MS).catch(() => {}), LEASE_MS / 3);
  beat.unref();
  try {
    return (await ready()) ?? (await load());
  } catch (cause) {
    throw new LoadFailed('', { cause });
  } finally {
    clearInterval(beat);
    await leases.release(lease).catch(onTrouble);
  }
}

/** Until the turn of the ticket may have come, or it is time to look. */
async function turnOf<T>(
  ticket: string | undefined,
  againInMs: number,
  { leases, name, sleep }: LoadOnceOptions<T>,
): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  const wakes = leases.released([name], { signal, ticket })[Symbol.asyncIterator]();
  try {
    const woken = wakes.next();
    woken.catch(() => {});
    await Promise.race([woken, sleep(Math.min(LOOK_MS, Math.max(1, againInMs)), signal).catch(() => {})]);
  } finally {
    over.abort();
    await wakes.return?.();
  }
}
