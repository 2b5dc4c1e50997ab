/** The ledger of one process, opened when something is first to be created or removed. */
import type { DataSection, Json, Ledger, Target } from '@quality-hub/data';
import { type Durability, type KeyValueDriver, UnsupportedError } from '@quality-hub/protocol';
import type { Mask } from '@quality-hub/telemetry';

export interface LazyLedgerOptions {
  readonly section: DataSection | undefined;
  readonly store: KeyValueDriver;
  /** The configuration itself wants no more than memory. */
  readonly isMemoryMeant: boolean;
  /** Why the store is not the one that the configuration means. */
  readonly trouble: string | undefined;
  readonly mask: Mask;
  /** Where records are created. */
  readonly target?: Target;
  /** A record was created or removed, as far as the ledger knows. */
  readonly onChange?: (kind: string, key: Json | undefined) => void;
}

export class LazyLedger {
  readonly #options: LazyLedgerOptions;
  #opening: Promise<Ledger> | undefined;

  constructor(options: LazyLedgerOptions) {
    this.#options = options;
  }

  /** @throws {UnsupportedError} (`QH_UNSUPPORTED`) where the store does not promise what is wanted. */
  open(): Promise<Ledger> {
    this.#opening ??= this.#open();
    return this.#opening;
  }

  /** What is left of this process is an orphan then. */
  async close(): Promise<void> {
    const ledger = await this.#opening?.catch(() => undefined);
    await ledger?.close();
  }

  async #open(): Promise<Ledger> {
    const { section, store, isMemoryMeant, trouble, mask, onChange, target } = this.#options;
    const durability: Durability = section?.durability ?? (isMemoryMeant ? 'none' : 'process');
    if (trouble !== undefined && durability !== 'none') {
      throw new UnsupportedError(
        `Nothing is created, since nobody would remove it after the death of this process: ${trouble}`,
        "Mend the store, or do without it: data: { durability: 'none' }",
      );
    }
    const { openLedger } = await import('@quality-hub/data');
    const ledger = openLedger({
      store,
      durability,
      mask: text => mask.text(text),
      ...(target && { target }),
    });
    return onChange === undefined ? ledger : telling(ledger, onChange);
  }
}

/** The same ledger, which tells of what it hears. Without the key of a record, all of its kind have changed. */
function telling(ledger: Ledger, onChange: NonNullable<LazyLedgerOptions['onChange']>): Ledger {
  const known = new Map<string, { readonly kind: string; key?: Json }>();
  return {
    durability: ledger.durability,
    enter: owner => ledger.enter(owner),
    intend: async intent => {
      const entry = await ledger.intend(intent);
      known.set(entry.id, { kind: intent.kind });
      return entry;
    },
    made: async (id, key) => {
      await ledger.made(id, key);
      const entry = known.get(id);
      if (entry === undefined) return;
      entry.key = key;
      onChange(entry.kind, key);
    },
    gone: async id => {
      await ledger.gone(id);
      const entry = known.get(id);
      if (entry === undefined) return;
      known.delete(id);
      onChange(entry.kind, entry.key);
    },
    failed: (id, error) => ledger.failed(id, error),
    entries: async function* (filter) {
      for await (const entry of ledger.entries(filter)) {
        // What others have left is removed by its entry.
        known.set(entry.id, { kind: entry.kind, ...(entry.record !== undefined && { key: entry.record }) });
        yield entry;
      }
    },
    living: () => ledger.living(),
    forget: owner => ledger.forget(owner),
    close: () => ledger.close(),
  };
}
