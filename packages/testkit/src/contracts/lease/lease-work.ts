/** How a process of the tests comes to a lease: asks, waits until it is woken or has to ask again, asks again. */
import type { Lease, LeaseClaim, LeaseDriver, LeaseOwner } from '@quality-hub/protocol';

export interface WaitOptions {
  readonly owner: LeaseOwner;
  readonly ttlMs: number;
}

export async function waitForLease(
  leases: LeaseDriver,
  claims: readonly LeaseClaim[],
  { owner, ttlMs }: WaitOptions,
): Promise<Lease> {
  let ticket: string | undefined;
  for (;;) {
    const answer = await leases.acquire(claims, { owner, ttlMs, ...(ticket === undefined ? {} : { ticket }) });
    if (answer.granted) return answer.lease;
    ticket = answer.ticket;
    const stop = new AbortController();
    // The place in the queue is kept alive as well.
    const timer = setTimeout(() => stop.abort(), Math.min(answer.againInMs, ttlMs / 3));
    const names = claims.map(({ name }) => name);
    for await (const _ of leases.released(names, { signal: stop.signal, ticket })) break;
    clearTimeout(timer);
    stop.abort();
  }
}
