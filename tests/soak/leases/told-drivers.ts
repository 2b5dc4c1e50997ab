/** Drivers that tell what they are asked and what they answer: so a history of pools is one of leases. */
import type { KeyValueDriver, LeaseDriver } from '@quality-hub/protocol';
import { clockMs, type Told } from './told-by-leasers.ts';

type Tell = (told: Told) => Promise<void>;

export function toldLeases(driver: LeaseDriver, tell: Tell): LeaseDriver {
  const tokens = new Map<string, number>();
  const places = new Set<string>();
  return {
    shared: driver.shared,
    durability: driver.durability,
    async acquire(claims, options) {
      const cameAtMs = clockMs();
      const answer = await driver.acquire(claims, options);
      const names = claims.map(({ name }) => name);
      if (answer.granted) {
        const { id, token, grantedAt, expiresAt } = answer.lease;
        tokens.set(id, token);
        await tell({ type: 'granted', ticket: id, names, token, grantedAt, expiresAt });
      } else if (answer.ticket !== undefined && !places.has(answer.ticket)) {
        places.add(answer.ticket);
        await tell({ type: 'queued', ticket: answer.ticket, names, cameAtMs });
      }
      return answer;
    },
    cancel: ticket => driver.cancel(ticket),
    async renew(lease, ttlMs) {
      const renewed = await driver.renew(lease, ttlMs);
      if (renewed) await tell({ type: 'renewed', token: renewed.token, expiresAt: renewed.expiresAt });
      return renewed;
    },
    async release(lease) {
      const token = tokens.get(lease.id);
      if (token !== undefined) await tell({ type: 'releasing', token });
      return driver.release(lease);
    },
    table: prefix => driver.table(prefix),
    released: (names, options) => driver.released(names, options),
    close: () => driver.close(),
  };
}

/** Tells the marks of members that are kept back: keys below `prefix` are names of members. */
export function toldMarks(store: KeyValueDriver, prefix: string, tell: Tell): KeyValueDriver {
  const marked = async <T>(key: string, reason: string | undefined, write: () => Promise<T>): Promise<T> => {
    if (!key.startsWith(prefix)) return write();
    const mark = { name: key.slice(prefix.length), ...(reason === undefined ? {} : { reason }) };
    await tell({ type: 'marking', ...mark });
    const result = await write();
    await tell({ type: 'marked', ...mark });
    return result;
  };
  return {
    shared: store.shared,
    durability: store.durability,
    get: key => store.get(key),
    set: (key, value, options) =>
      marked(key, key.startsWith(prefix) ? reasonOf(value) : undefined, () => store.set(key, value, options)),
    delete: (key, options) => marked(key, undefined, () => store.delete(key, options)),
    list: all => store.list(all),
    close: () => store.close(),
  };
}

function reasonOf(value: string): string {
  return (JSON.parse(value) as { readonly reason: string }).reason;
}
