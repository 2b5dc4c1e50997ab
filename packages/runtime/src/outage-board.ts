/** What the workers of a run know together of dependencies that are down: who needs one asks here before it begins. */
import type { KeyValueDriver } from '@quality-hub/protocol';

/** Longest time of a probe; a worker that dies meanwhile holds the others up no longer. */
export const PROBE_MS = 5_000;
/** After a probe that failed the next one waits so long. */
export const NEXT_PROBE_MS = 2_000;
/** How long a good answer of a probe is believed. */
const WELL_MS = 10_000;
/** What nobody has refreshed for so long after its time is forgotten. */
const KEEP_MS = 60_000;

export interface Down {
  readonly reason: string;
  /** ISO 8601. */
  readonly since: string;
  /** When it is worth trying again, in milliseconds of the wall clock. */
  readonly retryAtMs: number;
}

/** `probe`: this worker, and no other, should try it now. */
export type Standing = { readonly is: 'well' | 'probe' } | { readonly is: 'down'; readonly down: Down };

/** Keys are `down/<dependency>/<target>`, `well/<dependency>` and `probe/<dependency>`. */
export class OutageBoard {
  readonly #store: KeyValueDriver;
  readonly #now: () => number;

  constructor(store: KeyValueDriver, now: () => number = Date.now) {
    this.#store = store;
    this.#now = now;
  }

  /** True while anything of the dependency is known to be down, also where it is time to try it again. */
  async isDown(dependency: string): Promise<boolean> {
    return (await this.#store.list(downKey(dependency, ''))).length > 0;
  }

  /** A breaker of this worker has opened, or a probe has failed. */
  async wentDown(dependency: string, target: string, reason: string, retryAtMs: number): Promise<void> {
    const key = downKey(dependency, target);
    const before = read((await this.#store.get(key))?.value);
    const now = this.#now();
    const down: Down = { reason, since: before?.since ?? new Date(now).toISOString(), retryAtMs };
    await this.#store.set(key, JSON.stringify(down), { ttlMs: Math.max(0, retryAtMs - now) + KEEP_MS });
    await this.#store.delete(`well/${part(dependency)}`);
  }

  /** A call or a probe went well again: for one target, or for all of the dependency. */
  async cameBack(dependency: string, target?: string): Promise<void> {
    if (target !== undefined) {
      await this.#store.delete(downKey(dependency, target));
      return;
    }
    for (const { key } of await this.#store.list(downKey(dependency, ''))) await this.#store.delete(key);
    await this.#store.set(`well/${part(dependency)}`, new Date(this.#now()).toISOString(), { ttlMs: WELL_MS });
  }

  /**
   * How the dependency stands. Where it is time to try it, one worker hears `probe`, and all others what was before: `down`
   * while it is known to be, else `well`.
   *
   * @param isProbed It has a health path, so it is worth asking before anything has failed.
   */
  async standing(dependency: string, isProbed: boolean): Promise<Standing> {
    const found = (await this.#store.list(downKey(dependency, ''))).flatMap(({ value }) => read(value) ?? []);
    const now = this.#now();
    const latest = found.toSorted((a, b) => b.retryAtMs - a.retryAtMs)[0];
    if (latest && latest.retryAtMs > now) return { is: 'down', down: latest };
    if (!latest && (!isProbed || (await this.#store.get(`well/${part(dependency)}`)))) return { is: 'well' };
    const claimed = await this.#store.set(`probe/${part(dependency)}`, '', { ifVersion: 0, ttlMs: PROBE_MS });
    if (claimed !== undefined) return { is: 'probe' };
    return latest ? { is: 'down', down: latest } : { is: 'well' };
  }

  /** The probe is over. */
  async probed(dependency: string): Promise<void> {
    await this.#store.delete(`probe/${part(dependency)}`);
  }
}

function downKey(dependency: string, target: string): string {
  return `down/${part(dependency)}/${part(target)}`;
}

/** Slashes in names would make two dependencies one. */
function part(name: string): string {
  return encodeURIComponent(name);
}

/** What cannot be read was written by another version: as if it were not there. */
function read(text: string | undefined): Down | undefined {
  try {
    const down = JSON.parse(text ?? 'null') as Down | null;
    return typeof down?.retryAtMs === 'number' ? down : undefined;
  } catch {
    return undefined;
  }
}
