/** What the workers of a run know together of dependencies that are down: who needs one looks here before it begins. */
import type { HealthEvidence, KeyValueDriver } from '@quality-hub/protocol';

/** What nobody has refreshed for so long after its time is forgotten. */
const KEEP_MS = 60_000;

export type HealthState = HealthEvidence['state'];

export interface Down {
  readonly reason: string;
  /** ISO 8601. */
  readonly since: string;
  /** When it is worth trying again, in milliseconds of the wall clock. */
  readonly retryAtMs: number;
}

/** What the last probe of any worker has found. */
export interface Answer {
  readonly state: HealthState;
  readonly detail?: string | undefined;
  readonly latencyMs: number;
  /** Wall clock. */
  readonly atMs: number;
}

/** `probe`: this worker, and no other, should try it now. */
export type Standing =
  | { readonly is: 'well' }
  | { readonly is: 'probe' | 'down'; readonly down?: Down | undefined; readonly last?: Answer | undefined };

export interface Asking {
  /** How long a good answer is enough, in milliseconds; undefined where there is nothing to ask. */
  readonly believeMs: number | undefined;
  /** A worker that dies while it probes holds the others up no longer. */
  readonly claimMs: number;
}

/** Keys are `down/<dependency>/<target>`, `answer/<dependency>` and `probe/<dependency>`. */
export class OutageNotes {
  readonly #store: KeyValueDriver;
  readonly #now: () => number;

  constructor(store: KeyValueDriver, now: () => number = Date.now) {
    this.#store = store;
    this.#now = now;
  }

  /** All that is down of a dependency, also where it is time to try it again; what can be tried last comes first. */
  async downs(dependency: string): Promise<readonly Down[]> {
    const found = await this.#store.list(downKey(dependency, ''));
    return found.flatMap(({ value }) => readDown(value) ?? []).toSorted((a, b) => b.retryAtMs - a.retryAtMs);
  }

  async answer(dependency: string): Promise<Answer | undefined> {
    return readAnswer((await this.#store.get(`answer/${part(dependency)}`))?.value);
  }

  /** A breaker of this worker has opened, or a probe has failed. */
  async wentDown(dependency: string, target: string, reason: string, retryAtMs: number): Promise<void> {
    const key = downKey(dependency, target);
    const before = readDown((await this.#store.get(key))?.value);
    const now = this.#now();
    const down: Down = { reason, since: before?.since ?? new Date(now).toISOString(), retryAtMs };
    await this.#store.set(key, JSON.stringify(down), { ttlMs: Math.max(0, retryAtMs - now) + KEEP_MS });
    await this.#store.delete(`answer/${part(dependency)}`);
  }

  /** A call or a probe went well again: for one target, or for all of the dependency. */
  async cameBack(dependency: string, target?: string): Promise<void> {
    if (target !== undefined) await this.#store.delete(downKey(dependency, target));
    else for (const { key } of await this.#store.list(downKey(dependency, ''))) await this.#store.delete(key);
  }

  /**
   * How the dependency stands. Where it is time to try it, one worker hears `probe`, and all others what was before: `down`
   * while it is known to be, else `well`.
   */
  async standing(dependency: string, { believeMs, claimMs }: Asking): Promise<Standing> {
    const [latest] = await this.downs(dependency);
    const now = this.#now();
    if (latest && latest.retryAtMs > now) return { is: 'down', down: latest };
    const last = await this.answer(dependency);
    if (!latest && (believeMs === undefined || (last && last.atMs > now - believeMs))) return { is: 'well' };
    const claim = { ifVersion: 0, ttlMs: Math.ceil(claimMs) };
    const claimed = await this.#store.set(`probe/${part(dependency)}`, '', claim);
    if (claimed !== undefined) return { is: 'probe', down: latest, last };
    return latest ? { is: 'down', down: latest } : { is: 'well' };
  }

  /** The probe is over; with an answer that others may believe. */
  async probed(dependency: string, answer?: Answer, believeMs = 0): Promise<void> {
    if (answer)
      await this.#store.set(`answer/${part(dependency)}`, JSON.stringify(answer), {
        ttlMs: Math.ceil(believeMs) + KEEP_MS,
      });
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
function readDown(text: string | undefined): Down | undefined {
  const down = parse(text) as Partial<Down> | undefined;
  return typeof down?.retryAtMs === 'number' ? (down as Down) : undefined;
}

function readAnswer(text: string | undefined): Answer | undefined {
  const answer = parse(text) as Partial<Answer> | undefined;
  return typeof answer?.atMs === 'number' && answer.state !== undefined ? (answer as Answer) : undefined;
}

function parse(text: string | undefined): object | undefined {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
