/** A member in the hands of who has it. */
import { errorSentence } from '@quality-hub/protocol';
import type { Pool } from './pool.ts';
import type { NamedMember } from './pool-members.ts';
import type { Lent, MemberLease } from './pool-options.ts';
import { type Borrower, type PoolParts, poolStep } from './pool-parts.ts';
import type { Turn } from './pool-queue.ts';

export function lentMember<M extends object, Context>(
  pool: Pool<M, Context>,
  { name, payload }: NamedMember<M>,
  { lease }: Turn<M>,
  borrower: Borrower,
  parts: PoolParts<M, Context>,
): Lent<M> {
  const { reset } = parts.rules;
  let returning: Promise<void> | undefined;
  const putBack = async (): Promise<void> => {
    if (reset === undefined) return;
    try {
      await poolStep(parts, 'reset', async context => reset(payload, context), lease.signal);
    } catch (error) {
      // Where the lease was lost meanwhile it is not the member that is bad.
      if (lease.isHeld) await pool.quarantine(name, `reset: ${errorSentence(error)}`, borrower);
      return;
    }
    // A store that is away costs one more reset.
    await pool.notes.clean(name, lease.token).catch(() => undefined);
  };
  const giveBack = async (): Promise<void> => {
    try {
      // Who has lost it must not touch it: somebody else may have it.
      if (lease.isHeld) await putBack();
    } finally {
      await lease.release();
    }
  };
  const release = (): Promise<void> => {
    returning ??= giveBack();
    return returning;
  };
  const memberLease: MemberLease = {
    pool: pool.name,
    member: name,
    token: lease.token,
    signal: lease.signal,
    get isHeld() {
      return lease.isHeld;
    },
    headers: lease.headers,
    assertHeld: () => lease.assertHeld(),
    quarantine: reason => pool.quarantine(name, reason, borrower),
    release,
    [Symbol.asyncDispose]: release,
  };
  return Object.freeze({ ...payload, lease: Object.freeze(memberLease) });
}
