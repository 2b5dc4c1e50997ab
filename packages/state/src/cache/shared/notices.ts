/**
 * What is not right any more, told to the other processes: they have values in memory that the store does not see. A notice stands
 * in the store for a while; each process reads those that are new to it now and then.
 */
import { randomBytes } from 'node:crypto';
import type { KeyValueDriver } from '@quality-hub/protocol';
import { NOTICES } from './stored-key.ts';

/** A process that has not looked for half of it forgets everything. */
const KEPT_MS = 600_000;

/** All that it names has to fit. */
export interface Notice {
  /** Values of this namespace and those below. */
  readonly namespace: string;
  readonly key?: string;
  readonly prefix?: string;
  readonly tag?: string;
  /** An instant; whenever they were loaded, where there is none: clocks of machines differ. */
  readonly loadedBefore?: number;
}

interface Concerned {
  readonly namespace: string;
  readonly key: string;
  readonly tags: readonly string[];
  readonly loadedAt: number;
}

/** Whether a notice is about this value. */
export function concerns(notice: Notice, { namespace, key, tags, loadedAt }: Concerned): boolean {
  const isBelow = notice.namespace === '' || `${namespace}/`.startsWith(`${notice.namespace}/`);
  if (!isBelow || (notice.key !== undefined && key !== notice.key)) return false;
  if (notice.prefix !== undefined && !key.startsWith(notice.prefix)) return false;
  if (notice.loadedBefore !== undefined && loadedAt >= notice.loadedBefore) return false;
  return notice.tag === undefined || hasTag(tags, notice.tag);
}

/** `order:*` is every record of that kind. */
function hasTag(tags: readonly string[], wanted: string): boolean {
  if (tags.includes(wanted)) return true;
  return wanted.endsWith(':*') && tags.some(tag => tag.startsWith(wanted.slice(0, -1)));
}

export class Notices {
  readonly #store: KeyValueDriver;
  readonly #now: () => number;
  /** Of this process, so that it does not hear itself: what it has kept since then is right. */
  readonly #name = randomBytes(9).toString('base64url');
  #told = 0;
  #seen = 0;
  #lookedAt: number | undefined;

  constructor(store: KeyValueDriver, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** When they were last looked for. */
  get lookedAt(): number {
    return this.#lookedAt ?? Number.NEGATIVE_INFINITY;
  }

  async tell(notices: readonly Notice[]): Promise<void> {
    const key = `${NOTICES}${this.#name}/${this.#told++}`;
    await this.#store.set(key, JSON.stringify(notices), { ttlMs: KEPT_MS });
  }

  /** Those that came since the last look; `'all'` where some may have been missed. */
  async look(): Promise<readonly Notice[] | 'all'> {
    const now = this.#now();
    const isLate = now - (this.#lookedAt ?? now) > KEPT_MS / 2;
    this.#lookedAt = now;
    const fresh = (await this.#store.list(NOTICES)).filter(({ version }) => version > this.#seen);
    for (const { version } of fresh) this.#seen = Math.max(this.#seen, version);
    const own = `${NOTICES}${this.#name}/`;
    return isLate
      ? 'all'
      : fresh.filter(({ key }) => !key.startsWith(own)).flatMap(({ value }) => JSON.parse(value) as Notice[]);
  }
}
