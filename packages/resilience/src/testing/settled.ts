/** Watches a promise without waiting for it. */

export interface Watched {
  state: 'pending' | 'fulfilled' | 'rejected';
  value?: unknown;
  /** Fake clock, when it settled. */
  atMs?: number;
}

export function watched(promise: Promise<unknown>, now: () => number = () => performance.now()): Watched {
  const seen: Watched = { state: 'pending' };
  promise.then(
    value => Object.assign(seen, { state: 'fulfilled', value, atMs: now() }),
    value => Object.assign(seen, { state: 'rejected', value, atMs: now() }),
  );
  return seen;
}
