/** Removes what entries of the ledger name, in a time slot of its own. */
import { type CleanupEvidence, errorSentence } from '@quality-hub/protocol';
import { type DataClock, dataClock } from '../clock.ts';
import type { Ledger, LedgerEntry, RecordKind } from '../ledger/ledger.ts';
import { recordWords } from './record-words.ts';
import { RemovalOrder } from './removal-order.ts';
import { type RemovalOutcome, type RemovalPlace, removeOne } from './remove-one.ts';

const TIMEOUT_MS = 30_000;
const CONCURRENCY = 8;
const SETTLE_MS = 5_000;

export interface RemovalOptions<Context> {
  readonly ledger: Pick<Ledger, 'gone' | 'failed'>;
  /** How the records of each kind are found and removed, by name. */
  readonly kinds: ReadonlyMap<string, RecordKind<Context>>;
  /** What those work with: clients, databases. */
  readonly context: Context;
  /** Time for all of it, in milliseconds. What is left then stays in the ledger. @default 30000 */
  readonly timeoutMs?: number;
  /** How many are removed at the same time. @default 8 */
  readonly concurrency?: number;
  /** A call that was begun may still create what it should, for so long after its intent, in milliseconds. @default 5000 */
  readonly settleMs?: number;
  /** What is not to be removed now: what it needs stays as well. */
  readonly staying?: readonly LedgerEntry[];
  /** Ends the removals early. */
  readonly signal?: AbortSignal;
  /** Hears what became of each. */
  readonly observe?: (evidence: CleanupEvidence) => void;
  /** @default dataClock */
  readonly clock?: DataClock;
  /** From 0 to 1, for pauses. @default Math.random */
  readonly random?: () => number;
}

export interface RemovalResult extends RemovalOutcome {
  readonly entry: LedgerEntry;
}

/**
 * Removes `entries`: first what needs others, then those; each is verified where its kind can, and tried again with growing
 * pauses. What fails stays in the ledger with its error, and so does what it needs. Never throws.
 */
export async function removeAll<Context>(
  entries: readonly LedgerEntry[],
  options: RemovalOptions<Context>,
): Promise<readonly RemovalResult[]> {
  const { timeoutMs = TIMEOUT_MS, concurrency = CONCURRENCY, clock = dataClock, staying = [] } = options;
  const order = new RemovalOrder(entries, staying);
  const results: RemovalResult[] = [];
  const slot = openSlot(timeoutMs, clock, options.signal);
  const place: RemovalPlace<Context> = {
    context: options.context,
    signal: slot.signal,
    clock,
    random: options.random ?? Math.random,
    settleMs: options.settleMs ?? SETTLE_MS,
  };
  const remove = async (entry: LedgerEntry): Promise<void> => {
    const { outcome, detail: said } = await outcomeOf(entry, order, options, place);
    const trouble = await note(entry, { outcome, ...(said === undefined ? {} : { detail: said }) }, options.ledger);
    const detail = [said, trouble].filter(part => part !== undefined).join('; ');
    const told = { outcome, ...(detail === '' ? {} : { detail }) };
    results.push({ entry, ...told });
    options.observe?.({ kind: 'cleanup', record: recordWords(entry), ...told });
    order.ended(entry, outcome === 'gone');
  };
  const running = new Set<Promise<void>>();
  while (!order.isDone) {
    const next = running.size < concurrency ? order.next() : undefined;
    if (next === undefined) {
      await Promise.race(running);
      continue;
    }
    const removing: Promise<void> = remove(next).finally(() => running.delete(removing));
    running.add(removing);
  }
  slot.end();
  return results;
}

async function outcomeOf<Context>(
  entry: LedgerEntry,
  order: RemovalOrder,
  { kinds }: RemovalOptions<Context>,
  place: RemovalPlace<Context>,
): Promise<RemovalOutcome> {
  const keeper = order.keptBy(entry);
  if (keeper) return { outcome: 'skipped', detail: `${recordWords(keeper)} needs it and stays` };
  if (place.signal.aborted) return { outcome: 'skipped', detail: errorSentence(place.signal.reason) };
  const kind = kinds.get(entry.kind);
  if (kind === undefined) return { outcome: 'skipped', detail: `no factory ${entry.kind} is loaded` };
  return removeOne(entry, kind, place);
}

/** What the ledger could not be told, or undefined. */
async function note(
  { id }: LedgerEntry,
  { outcome, detail = '' }: RemovalOutcome,
  ledger: Pick<Ledger, 'gone' | 'failed'>,
): Promise<string | undefined> {
  try {
    if (outcome === 'gone') await ledger.gone(id);
    if (outcome === 'failed') await ledger.failed(id, detail);
    return undefined;
  } catch (error) {
    return errorSentence(error);
  }
}

/** The time for all removals. It keeps the process alive: somebody waits for them. */
function openSlot(timeoutMs: number, clock: DataClock, given?: AbortSignal) {
  const slot = new AbortController();
  const over = new AbortController();
  const stop = (): void => slot.abort(given?.reason);
  if (given?.aborted) stop();
  given?.addEventListener('abort', stop, { once: true });
  clock.sleep(timeoutMs, { signal: over.signal }).then(
    () => slot.abort(new Error(`the ${timeoutMs / 1000} s for removals were over`)),
    () => {},
  );
  const end = (): void => {
    given?.removeEventListener('abort', stop);
    over.abort();
  };
  return { signal: slot.signal, end };
}
