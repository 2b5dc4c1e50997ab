/** Removes what one entry names: looks for it where that is not known, makes sure that it is gone, and tries again. */
import { errorSentence } from '@quality-hub/protocol';
import type { DataClock } from '../clock.ts';
import type { Json, LedgerEntry, RecordKind } from '../ledger/ledger.ts';

/** Pauses between tries, in milliseconds; each is cut to a random part of at least a half, so that workers do not go in step. */
const PAUSES_MS = [100, 400, 1_600];
/** One call that hangs must not use up the time of all others. */
const CALL_MS = 10_000;

export interface RemovalPlace<Context> {
  readonly context: Context;
  /** Aborts when the time for all removals is over. */
  readonly signal: AbortSignal;
  readonly clock: DataClock;
  readonly random: () => number;
  /** A call that was begun may still create what it should, for so long after its intent. */
  readonly settleMs: number;
}

export interface RemovalOutcome {
  readonly outcome: 'gone' | 'failed' | 'skipped';
  readonly detail?: string;
}

/** Never throws: what went wrong is the detail. */
export async function removeOne<Context>(
  entry: LedgerEntry,
  kind: RecordKind<Context>,
  place: RemovalPlace<Context>,
): Promise<RemovalOutcome> {
  if (entry.version > kind.version) {
    const detail = `it was created by version ${entry.version} of ${kind.name}, and version ${kind.version} is loaded`;
    return { outcome: 'skipped', detail };
  }
  if (entry.state === 'intended' && kind.find === undefined) {
    return { outcome: 'failed', detail: `nobody knows whether it was created: ${kind.name} has no find` };
  }
  for (let round = 0; ; round++) {
    try {
      const record = entry.state === 'made' ? (entry.record ?? null) : await findRecord(entry, kind, place);
      if (record === undefined) return { outcome: 'gone', detail: 'it was never created' };
      await removeAndVerify(record, kind, place);
      return { outcome: 'gone' };
    } catch (error) {
      const detail = errorSentence(error);
      if (place.signal.aborted) return { outcome: 'failed', detail };
      const pauseMs = PAUSES_MS[round];
      if (pauseMs === undefined) return { outcome: 'failed', detail };
      const waited = await pause(pauseMs * (0.5 + place.random() / 2), place);
      if (!waited) return { outcome: 'failed', detail };
    }
  }
}

async function findRecord<Context>(
  { input, intendedAt }: LedgerEntry,
  kind: RecordKind<Context>,
  place: RemovalPlace<Context>,
): Promise<Json | undefined> {
  const find = () => limited(place, async signal => kind.find?.(input, place.context, signal));
  const found = await find();
  const { clock, settleMs } = place;
  // The clock of whoever wrote the intent may be another one: nobody waits longer than the time itself.
  const leftMs = Math.min(settleMs, intendedAt + settleMs - clock.now());
  if (found !== undefined || leftMs <= 0) return found;
  if (!(await pause(leftMs, place))) throw new Error('it may still be created by a call that was begun just now');
  return find();
}

async function removeAndVerify<Context>(
  record: Json,
  kind: RecordKind<Context>,
  place: RemovalPlace<Context>,
): Promise<void> {
  try {
    await limited(place, signal => kind.remove(record, place.context, signal));
  } catch (error) {
    if (!saysGone(error)) throw error;
  }
  if (kind.exists === undefined) return;
  const exists = await limited(place, async signal => kind.exists?.(record, place.context, signal)).catch(
    (error: unknown) => {
      if (saysGone(error)) return false;
      throw error;
    },
  );
  if (exists) throw new Error('it is still there after its removal');
}

/** 404 Not Found and 410 Gone, RFC 9110 15.5.5 and 15.5.11. */
function saysGone(error: unknown): boolean {
  const status = (error as { readonly status?: unknown } | null)?.status;
  return status === 404 || status === 410;
}

/** Work that ignores its signal goes on unwatched. */
async function limited<T, Context>(
  { signal, clock }: RemovalPlace<Context>,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const call = new AbortController();
  const over = new AbortController();
  const end = (): void => call.abort(signal.reason);
  signal.addEventListener('abort', end, { once: true });
  clock.sleep(CALL_MS, { signal: over.signal }).then(
    () => call.abort(new Error(`no answer within ${CALL_MS / 1000} s`)),
    () => {},
  );
  const aborted = new Promise<never>((_, reject) =>
    call.signal.addEventListener('abort', () => reject(call.signal.reason), { once: true }),
  );
  try {
    return await Promise.race([work(call.signal), aborted]);
  } finally {
    signal.removeEventListener('abort', end);
    over.abort();
  }
}

/** False where the time for all removals ended before. */
async function pause<Context>(ms: number, { clock, signal }: RemovalPlace<Context>): Promise<boolean> {
  return clock.sleep(ms, { signal }).then(
    () => true,
    () => false,
  );
}
