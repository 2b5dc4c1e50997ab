/** What all workers know of the members of a pool: who is kept back and why, who was lent last, who has to be reset. */
import type { KeyValueDriver } from '@quality-hub/protocol';

/** What nobody touches for a month is forgotten. */
const KEEP_MS = 30 * 86_400_000;

export interface Quarantined {
  readonly reason: string;
  /** Who found out, in words. */
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
  readonly until: string;
}

/** A pool name in keys and in names of leases. */
export const poolPrefix = (pool: string): string => `pool/${encodeURIComponent(pool)}/`;

export class PoolNotes {
  readonly #store: KeyValueDriver;
  readonly #prefix: string;
  readonly #now: () => number;

  /** @param store The whole store: notes outlive a run, as the members do. */
  constructor(store: KeyValueDriver, pool: string, now: () => number = Date.now) {
    this.#store = store;
    this.#prefix = poolPrefix(pool);
    this.#now = now;
  }

  /** All of it by one call. */
  async read(): Promise<{
    readonly bad: ReadonlyMap<string, Quarantined>;
    readonly lastLent: ReadonlyMap<string, number>;
    readonly dirty: ReadonlySet<string>;
  }> {
    const bad = new Map<string, Quarantined>();
    const lastLent = new Map<string, number>();
    const dirty = new Set<string>();
    for (const { key, value } of await this.#store.list(this.#prefix)) {
      const [kind, name = ''] = key.slice(this.#prefix.length).split('/');
      const member = decodeURIComponent(name);
      if (kind === 'bad') bad.set(member, JSON.parse(value) as Quarantined);
      else if (kind === 'lent') lastLent.set(member, Number(value));
      else if (kind === 'dirty') dirty.add(member);
    }
    return { bad, lastLent, dirty };
  }

  async quarantine(member: string, reason: string, by: string, forMs: number): Promise<void> {
    const at = this.#now();
    const told: Quarantined = { reason, by, at: new Date(at).toISOString(), until: new Date(at + forMs).toISOString() };
    await this.#store.set(this.#key('bad', member), JSON.stringify(told), { ttlMs: forMs });
  }

  /** Gives it free again; false where it was not kept back. */
  pardon(member: string): Promise<boolean> {
    return this.#store.delete(this.#key('bad', member));
  }

  /** @param isDirty It has to be reset before the next one gets it, should its holder be killed. */
  async lent(member: string, token: number, isDirty: boolean): Promise<void> {
    await this.#store.set(this.#key('lent', member), String(token), { ttlMs: KEEP_MS });
    if (isDirty) await this.#store.set(this.#key('dirty', member), String(token), { ttlMs: KEEP_MS });
  }

  /** It is as it was before that lease. Who is late, and says so when the next one has it already, changes nothing. */
  async clean(member: string, token: number): Promise<void> {
    const key = this.#key('dirty', member);
    const found = await this.#store.get(key);
    if (found?.value === String(token)) await this.#store.delete(key, { ifVersion: found.version });
  }

  #key(kind: string, member: string): string {
    return `${this.#prefix}${kind}/${encodeURIComponent(member)}`;
  }
}
