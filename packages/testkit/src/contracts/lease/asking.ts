/** How the facts of the lease contract ask for names. */
import assert from 'node:assert/strict';
import type { AcquireLease, Lease, LeaseClaim, LeaseDriver, LeaseQueued } from '@quality-hub/protocol';

export interface OpenedLeases {
  readonly leases: LeaseDriver;
  /** Lets `ms` go by on the clock of the driver: a clock of the test is moved, another one is waited for. */
  elapse(ms: number): Promise<void>;
}

export type LeaseCheck = (fact: string, body: (opened: OpenedLeases) => Promise<void>) => void;

/** Longer than any of these tests takes. */
export const LONG_MS = 600_000;

/** Asks for names as an owner. `a`: exclusive; `a:shared`; `a:3`: one of three permits. */
export function ask(leases: LeaseDriver, owner: string, names: string, options: Partial<AcquireLease> = {}) {
  const claims = names.split(' ').map((text): LeaseClaim => {
    const [name = '', mode] = text.split(':');
    if (mode === undefined) return { name };
    return mode === 'shared' ? { name, mode } : { name, permits: Number(mode) };
  });
  return leases.acquire(claims, { owner: { id: owner }, ttlMs: LONG_MS, ...options });
}

export async function granted(...args: Parameters<typeof ask>): Promise<Lease> {
  const answer = await ask(...args);
  assert.ok(answer.granted, `${args[1]} got no ${args[2]}: ${JSON.stringify(answer)}`);
  return answer.lease;
}

export async function queued(...args: Parameters<typeof ask>): Promise<LeaseQueued & { readonly ticket: string }> {
  const answer = await ask(...args);
  assert.ok(!answer.granted, `${args[1]} got ${args[2]}`);
  assert.ok(answer.ticket !== undefined || args[3]?.tryOnce, 'no ticket');
  return { ...answer, ticket: answer.ticket ?? '' };
}
