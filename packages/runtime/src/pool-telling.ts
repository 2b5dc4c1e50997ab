/** Tells what the connections of a worker came to: the difference to what it told before, so that all of it can be summed. */
import type { PoolEvidence } from '@quality-hub/protocol';

/** What connections to one server came to, since the client was made. */
export type PoolCounts = Omit<PoolEvidence, 'kind'>;

export class PoolTelling {
  readonly #told = new Map<string, PoolCounts>();

  /** @param counts Of all clients and databases, now. @returns what has changed; nothing for what has not. */
  since(counts: readonly PoolCounts[]): readonly PoolEvidence[] {
    return counts.flatMap(now => {
      const key = `${now.dependency}\n${now.server}`;
      const before = this.#told.get(key);
      this.#told.set(key, now);
      const { dependency, server } = now;
      const more: PoolEvidence = {
        kind: 'pool',
        dependency,
        server,
        opened: now.opened - (before?.opened ?? 0),
        broken: now.broken - (before?.broken ?? 0),
        reused: now.reused - (before?.reused ?? 0),
        waits: now.waits - (before?.waits ?? 0),
        waitedMs: now.waitedMs - (before?.waitedMs ?? 0),
      };
      return more.opened + more.broken + more.reused + more.waits > 0 ? [more] : [];
    });
  }
}
