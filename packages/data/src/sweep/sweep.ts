/** Removes what dead owners have left, and leaves alone what belongs to those that live. */
import type { KeyValueDriver } from '@quality-hub/protocol';
import { dataClock } from '../clock.ts';
import type { Ledger, LedgerEntry } from '../ledger/ledger.ts';
import { readEntries } from '../ledger/read-entries.ts';
import { type Target, whyElsewhere } from '../ledger/target.ts';
import { type RemovalOptions, type RemovalResult, removeAll } from './remove-all.ts';
import { takeTurn } from './sweep-turn.ts';

const WAIT_MS = 60_000;
const RUN_MARK_MS = 86_400_000;

export interface SweepFilter {
  readonly run?: string;
  readonly kind?: string;
  /** Name of a worker, key of a test, or a part of a test's title. */
  readonly owner?: string;
  /** Only what was intended so many milliseconds ago or earlier. */
  readonly olderThanMs?: number;
}

export interface SweepOptions<Context> extends Omit<RemovalOptions<Context>, 'ledger' | 'staying'> {
  readonly ledger: Ledger;
  /** The store of the ledger: one sweep at a time goes over it. */
  readonly store: KeyValueDriver;
  /** Where this sweep removes things: what was created elsewhere stays. @default anywhere */
  readonly target?: Target;
  /** @default all orphans */
  readonly filter?: SweepFilter;
  /** Finds what it would remove, and removes nothing. @default false */
  readonly dryRun?: boolean;
  /** How long to wait for another sweep to end, in milliseconds. @default 60000 */
  readonly waitMs?: number;
}

export interface SweepReport {
  /** Another sweep was on for all the time that could be waited. */
  readonly isBusy: boolean;
  /** What belongs to nobody who lives, as far as the filter wants it. */
  readonly orphans: readonly LedgerEntry[];
  /** What became of each; empty with `dryRun`. */
  readonly results: readonly RemovalResult[];
  /** How many entries belong to those that live. */
  readonly living: number;
}

/**
 * Removes orphans: entries of owners that are dead, or have ended without removing them.
 *
 * @throws {StateError} where the store cannot be read.
 */
export async function sweep<Context>(options: SweepOptions<Context>): Promise<SweepReport> {
  const { store, dryRun = false, clock = dataClock, waitMs = WAIT_MS, signal } = options;
  if (dryRun) {
    const { orphans, living } = await findOrphans(options.ledger, options.filter, clock.now());
    return { isBusy: false, orphans, results: [], living };
  }
  const turn = await takeTurn(store, { clock, waitMs, ...(signal ? { signal } : {}) });
  if (turn === undefined) return { isBusy: true, orphans: [], results: [], living: 0 };
  try {
    const { orphans, staying, living, forgettable } = await findOrphans(options.ledger, options.filter, clock.now());
    const far = orphans.flatMap(entry => {
      const detail = whyElsewhere(entry.target, options.target);
      return detail === undefined ? [] : [{ entry, outcome: 'skipped' as const, detail }];
    });
    const kept = new Set(far.map(({ entry }) => entry));
    const near = orphans.filter(entry => !kept.has(entry));
    const results = [...(await removeAll(near, { ...options, staying: [...staying, ...kept] })), ...far];
    const left = new Set(staying.map(ownerOf));
    for (const { entry, outcome } of results) if (outcome !== 'gone') left.add(ownerOf(entry));
    for (const owner of forgettable) if (!left.has(`${owner.run}\n${owner.worker}`)) await options.ledger.forget(owner);
    return { isBusy: false, orphans, results, living };
  } finally {
    await turn.end();
  }
}

/**
 * True for one worker of a runner, the first that asks: it sweeps for all of them.
 *
 * @param runner Names the process: a CI service that runs a job again gives the run the same name.
 */
export async function isSweeperOf(runner: string, store: KeyValueDriver): Promise<boolean> {
  const key = `ledger/swept/${encodeURIComponent(runner)}`;
  return (await store.set(key, '1', { ifVersion: 0, ttlMs: RUN_MARK_MS })) !== undefined;
}

async function findOrphans(ledger: Ledger, filter: SweepFilter = {}, now: number) {
  // In this order: who has begun something before the first reading lived, or is dead.
  const entries = await readEntries(ledger);
  const owners = await ledger.living();
  const orphans: LedgerEntry[] = [];
  const staying: LedgerEntry[] = [];
  let living = 0;
  for (const entry of entries) {
    const isLiving = owners.has(entry.owner);
    if (isLiving) living++;
    if (isLiving || !isWanted(entry, filter, now)) staying.push(entry);
    else orphans.push(entry);
  }
  return { orphans, staying, living, forgettable: owners.dead };
}

function isWanted(entry: LedgerEntry, { run, kind, owner, olderThanMs }: SweepFilter, now: number): boolean {
  const { worker, test, label } = entry.owner;
  return (
    (run === undefined || entry.owner.run === run) &&
    (kind === undefined || entry.kind === kind) &&
    (owner === undefined || worker === owner || test === owner || label?.includes(owner) === true) &&
    (olderThanMs === undefined || entry.intendedAt <= now - olderThanMs)
  );
}

function ownerOf({ owner }: LedgerEntry): string {
  return `${owner.run}\n${owner.worker}`;
}
