/** One sweep at a time over one store: two of them would report each other's removals as failures. */
import type { KeyValueDriver } from '@quality-hub/protocol';
import type { DataClock } from '../clock.ts';
import { isAlive, ownProcess, type ProcessMark } from '../ledger/process-life.ts';

const KEY = 'ledger/sweep';
/** A sweep says so often that it lives; what is of this machine and was killed is found dead before. */
const LIFE_MS = 30_000;
const ASK_AGAIN_MS = 250;

export interface SweepTurn {
  end(): Promise<void>;
}

/** Undefined where another sweep was on for all of `waitMs`. */
export async function takeTurn(
  store: KeyValueDriver,
  { clock, waitMs, signal }: { readonly clock: DataClock; readonly waitMs: number; readonly signal?: AbortSignal },
): Promise<SweepTurn | undefined> {
  const text = JSON.stringify(ownProcess());
  const deadline = clock.now() + waitMs;
  for (;;) {
    const found = await store.get(KEY);
    const isFree = found === undefined || isDead(found.value);
    const version = isFree ? await store.set(KEY, text, { ttlMs: LIFE_MS, ifVersion: found?.version ?? 0 }) : undefined;
    if (version !== undefined) return keepTurn(store, { clock, text, version });
    if (clock.now() >= deadline) return undefined;
    await clock.sleep(ASK_AGAIN_MS, signal ? { signal } : {});
  }
}

function keepTurn(
  store: KeyValueDriver,
  { clock, text, version: first }: { readonly clock: DataClock; readonly text: string; readonly version: number },
): SweepTurn {
  let version = first;
  let stop = (): void => {};
  const renew = async (): Promise<void> => {
    version = (await store.set(KEY, text, { ttlMs: LIFE_MS, ifVersion: version })) ?? version;
  };
  const renewOn = (): void => {
    stop = clock.after(LIFE_MS / 3, () => {
      // Lost: another sweep goes on beside this one, which costs it some answers "gone already" and nothing else.
      renew().catch(() => {});
      renewOn();
    });
  };
  renewOn();
  return {
    async end() {
      stop();
      await store.delete(KEY, { ifVersion: version }).catch(() => {});
    },
  };
}

function isDead(text: string): boolean {
  try {
    return isAlive(JSON.parse(text) as ProcessMark) === false;
  } catch {
    return true;
  }
}
