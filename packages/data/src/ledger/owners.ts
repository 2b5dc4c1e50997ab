/** Who of those that create things lives: each says so from time to time, and takes it back at its end. */
import type { KeyValueDriver } from '@quality-hub/protocol';
import { type DataClock, dataClock } from '../clock.ts';
import { isAlive, ownProcess, type ProcessMark } from './process-life.ts';

/** How often an owner says that it lives, and how long that holds: a store or a machine may be slow for most of a minute. */
const BEAT_MS = 10_000;
const LIFE_MS = 60_000;
/** The mark of a process is of use until somebody has removed what it left; nobody waits for longer than this. */
const MARK_MS = 30 * 86_400_000;

const BEATS = 'ledger/beat/';
const MARKS = 'ledger/mark/';

export interface OwnerName {
  readonly run: string;
  readonly worker: string;
}

/** Who lived at one moment. */
export interface LivingOwners {
  has(owner: OwnerName): boolean;
  /** Those that once said so and are dead: see {@link Owners.forget}. */
  readonly dead: readonly OwnerName[];
}

export interface OwnersOptions {
  readonly store: KeyValueDriver;
  /** @default dataClock */
  readonly clock?: DataClock;
  /** How long an owner counts as living after it last said so, in milliseconds. @default 60000 */
  readonly lifeMs?: number;
}

export interface Owners {
  /** Says that `owner` lives, at once and then again and again, until `leave` or `close`. */
  enter(owner: OwnerName): Promise<void>;
  /**
   * An owner lives while it says so, and where it is of this machine, while its process lives: one that is stopped keeps
   * what it has, and one that was killed leaves it at once.
   */
  living(): Promise<LivingOwners>;
  /** Nothing of `owner` is left: nobody has to ask for its process any more. */
  forget(owner: OwnerName): Promise<void>;
  /** All that entered here leave. */
  close(): Promise<void>;
}

/** The part of a key that names an owner. */
export function ownerKey({ run, worker }: OwnerName): string {
  return `${encodeURIComponent(run)}/${encodeURIComponent(worker)}`;
}

export function readOwnerKey(key: string): OwnerName {
  const [run = '', worker = ''] = key.split('/').map(decodeSafely);
  return { run, worker };
}

function decodeSafely(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function createOwners({ store, clock = dataClock, lifeMs = LIFE_MS }: OwnersOptions): Owners {
  const entered = new Map<string, Promise<void>>();
  const beatMs = Math.min(BEAT_MS, lifeMs / 3);
  let mark: string | undefined;
  let stopBeating = (): void => {};

  const beat = async (key: string): Promise<void> => {
    await store.set(BEATS + key, '1', { ttlMs: lifeMs });
  };
  const beatOn = (): void => {
    stopBeating = clock.after(beatMs, () => {
      // A store that is down for a moment hears of it the next time.
      for (const key of entered.keys()) beat(key).catch(() => {});
      beatOn();
    });
  };
  const begin = async (key: string): Promise<void> => {
    mark ??= JSON.stringify(ownProcess());
    await store.set(MARKS + key, mark, { ttlMs: MARK_MS });
    await beat(key);
  };

  return {
    enter(owner) {
      const key = ownerKey(owner);
      let entering = entered.get(key);
      if (entering === undefined) {
        if (entered.size === 0) beatOn();
        entering = begin(key);
        entered.set(key, entering);
        entering.catch(() => entered.delete(key));
      }
      return entering;
    },
    async living() {
      const [beats, marks] = [await store.list(BEATS), await store.list(MARKS)];
      const beating = new Set(beats.map(({ key }) => key.slice(BEATS.length)));
      const processes = new Map(marks.map(({ key, value }) => [key.slice(MARKS.length), readMark(value)]));
      const isLiving = (key: string): boolean => {
        const process = processes.get(key);
        return entered.has(key) || ((process && isAlive(process)) ?? beating.has(key));
      };
      return {
        has: owner => isLiving(ownerKey(owner)),
        dead: [...processes.keys()].filter(key => !isLiving(key)).map(readOwnerKey),
      };
    },
    async forget(owner) {
      const key = ownerKey(owner);
      await store.delete(BEATS + key);
      await store.delete(MARKS + key);
    },
    async close() {
      stopBeating();
      for (const key of entered.keys()) {
        await store.delete(BEATS + key).catch(() => {});
        await store.delete(MARKS + key).catch(() => {});
      }
      entered.clear();
    },
  };
}

function readMark(text: string): ProcessMark | undefined {
  try {
    const mark = JSON.parse(text) as Partial<ProcessMark>;
    return typeof mark.machine === 'string' && typeof mark.pid === 'number' ? (mark as ProcessMark) : undefined;
  } catch {
    return undefined;
  }
}
