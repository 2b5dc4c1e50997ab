/** One process loads while the others wait for what it stores. */
import type { LeaseDriver, LeaseOwner } from '@quality-hub/protocol';

/** A loader that dies holds the others up for so long. */
const LEASE_MS = 15_000;
/** A wake-up may be lost: who waits looks by itself. */
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

/** @throws what `load` throws. Leases that do not work cost a second load, and nothing else. */
export async function loadOnce<T>(options: LoadOnceOptions<T>): Promise<T> {
  const { leases, name, owner, ready, load, onTrouble, sleep } = options;
  let ticket: string | undefined;
  const leave = (): void => {
    if (ticket !== undefined) leases.cancel(ticket).catch(() => {});
  };
  for (;;) {
    const over = new AbortController();
    let answer: Awaited<ReturnType<LeaseDriver['acquire']>>;
    try {
      // Asked for before the queue, so that no release falls between the two.
      const woken = nextOf(leases.released([name], { signal: over.signal }));
      answer = await leases.acquire([{ name }], { owner, ttlMs: LEASE_MS, ...(ticket !== undefined && { ticket }) });
      if (!answer.granted) {
        ticket = answer.ticket;
        await Promise.race([
          woken,
          sleep(Math.min(LOOK_MS, Math.max(1, answer.againInMs)), over.signal).catch(() => {}),
        ]);
      }
    } catch (error) {
      leave();
      onTrouble(error);
      return load();
    } finally {
      over.abort();
    }
    if (answer.granted) {
      const { lease } = answer;
      const beat = setInterval(() => void leases.renew(lease, LEASE_MS).catch(() => {}), LEASE_MS / 3);
      beat.unref();
      try {
        return (await ready()) ?? (await load());
      } finally {
        clearInterval(beat);
        await leases.release(lease).catch(onTrouble);
      }
    }
    const found = await ready();
    if (found !== undefined) {
      leave();
      return found;
    }
  }
}

/** Settles with the first wake-up; never rejects, for nobody waits for it to the end. */
async function nextOf(wakes: AsyncIterable<string>): Promise<void> {
  const iterator = wakes[Symbol.asyncIterator]();
  try {
    await iterator.next();
  } catch {
    await new Promise(() => {});
  } finally {
    await iterator.return?.().catch(() => {});
  }
}
