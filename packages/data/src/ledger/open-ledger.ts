/** The ledger over a shared store: any machine that sees the store can finish what a dead process has begun. */
import { randomBytes } from 'node:crypto';
import { type Durability, type KeyValueDriver, UnsupportedError } from '@quality-hub/protocol';
import { type DataClock, dataClock } from '../clock.ts';
import { ENTRIES, entryText, isWanted, prefixOf, readEntry } from './entry-text.ts';
import type { Json, Ledger, LedgerEntry, LedgerFilter, LedgerIntent } from './ledger.ts';
import { LedgerError } from './ledger-errors.ts';
import { createOwners, type OwnerName, ownerKey } from './owners.ts';
import type { Target } from './target.ts';

/** Longest text of an error that is kept with an entry. */
const ERROR_LIMIT = 500;
const RANKS: readonly Durability[] = ['none', 'process', 'machine'];

export interface LedgerOptions {
  /** Where it is kept; it is not closed with the ledger. */
  readonly store: KeyValueDriver;
  /** What an entry has to survive: a store that promises less is refused. @default 'none': whatever the store promises */
  readonly durability?: Durability;
  /** Where records are created: a sweep for another place leaves them alone. @default {} */
  readonly target?: Target;
  /** Takes secrets out of the texts of errors that are kept. @default nothing is taken out */
  readonly mask?: (text: string) => string;
  /** @default dataClock */
  readonly clock?: DataClock;
  /** How long an owner counts as living after it last said so, in milliseconds. @default 60000 */
  readonly lifeMs?: number;
  /** Sets the entries of one ledger apart from those of all others. @default eight random bytes */
  readonly mark?: string;
}

/**
 * Opens the ledger of a store.
 *
 * One write before a thing is created, one after it, one when it is gone. An owner says that it lives from its first
 * intent until `close`; what is left of it after that, or after its death, is an orphan for others to remove.
 *
 * @throws {UnsupportedError} (`QH_UNSUPPORTED`) where the store promises less than `durability`.
 */
export function openLedger(options: LedgerOptions): Ledger {
  const { store, durability: wanted = 'none', mask = text => text, clock = dataClock, target } = options;
  refuseLesser(wanted, store.durability);
  const salt = options.mark ?? randomBytes(8).toString('hex');
  const owners = createOwners(options);
  /** What was begun here and is not gone: teardown works also while the store is down. */
  const own = new Map<string, LedgerEntry>();
  const written = new Set<string>();
  let count = 0;

  const write = async (entry: LedgerEntry): Promise<void> => {
    await store.set(ENTRIES + entry.id, entryText(entry));
  };
  const find = async (id: string): Promise<LedgerEntry | undefined> => {
    const known = own.get(id);
    if (known !== undefined) return known;
    const found = await store.get(ENTRIES + id);
    return found && readEntry(id, found.value);
  };
  const change = async (id: string, changed: (entry: LedgerEntry) => LedgerEntry, what: string): Promise<void> => {
    const entry = await find(id).catch((error: unknown) => {
      throw new LedgerError(what, error);
    });
    if (entry === undefined) return;
    const next = changed(entry);
    if (own.has(id)) own.set(id, next);
    try {
      await write(next);
    } catch (error) {
      throw new LedgerError(what, error);
    }
  };

  return {
    durability: store.durability,
    enter: owner => owners.enter(owner),
    async intend(intent: LedgerIntent) {
      const owner = ownerKey(intent.owner);
      const id = `${owner}/${salt}-${(count++).toString(36).padStart(6, '0')}`;
      const entry: LedgerEntry = {
        ...intent,
        id,
        ...(target && { target }),
        state: 'intended',
        intendedAt: clock.now(),
        failures: 0,
      };
      try {
        await owners.enter(intent.owner);
        await write(entry);
      } catch (error) {
        throw new LedgerError(`${intent.kind} is not created`, error);
      }
      written.add(owner);
      own.set(id, entry);
      return entry;
    },
    made: (id: string, record: Json) =>
      change(id, entry => ({ ...entry, state: 'made', record }), `What was created as ${id} is not noted`),
    async gone(id: string) {
      // Whoever is told so must not remove it once more.
      own.delete(id);
      try {
        await store.delete(ENTRIES + id);
      } catch (error) {
        throw new LedgerError(`What was removed as ${id} is not noted`, error);
      }
    },
    failed: (id: string, error: string) =>
      change(
        id,
        entry => ({ ...entry, failures: entry.failures + 1, lastError: mask(error).slice(0, ERROR_LIMIT) }),
        `The failed removal of ${id} is not noted`,
      ),
    async *entries(filter: LedgerFilter = {}) {
      const { run, worker } = filter;
      const isOwn = run !== undefined && worker !== undefined && written.has(ownerKey({ run, worker }));
      const found = isOwn
        ? [...own.values()]
        : (await store.list(prefixOf(filter))).map(({ key, value }) => {
            const id = key.slice(ENTRIES.length);
            return own.get(id) ?? readEntry(id, value);
          });
      const now = clock.now();
      for (const entry of found) if (isWanted(entry, filter, now)) yield entry;
    },
    living: () => owners.living(),
    forget: (owner: OwnerName) => owners.forget(owner),
    close: () => owners.close(),
  };
}

function refuseLesser(wanted: Durability, given: Durability): void {
  if (RANKS.indexOf(given) >= RANKS.indexOf(wanted)) return;
  throw new UnsupportedError(
    `The ledger has to survive ${SURVIVES[wanted]}, and the store of this run survives ${SURVIVES[given]}`,
    `Choose another store in the section state of the configuration, or data: { durability: '${given}' }`,
  );
}

const SURVIVES: Readonly<Record<Durability, string>> = {
  none: 'nothing',
  process: 'the death of its process',
  machine: 'the loss of its machine',
};
