/** The ledger of one process, opened when something is first to be created or removed. */
import type { DataSection, Ledger } from '@quality-hub/data';
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
    const { section, store, isMemoryMeant, trouble, mask } = this.#options;
    const durability: Durability = section?.durability ?? (isMemoryMeant ? 'none' : 'process');
    if (trouble !== undefined && durability !== 'none') {
      throw new UnsupportedError(
        `Nothing is created, since nobody would remove it after the death of this process: ${trouble}`,
        "Mend the store, or do without it: data: { durability: 'none' }",
      );
    }
    const { openLedger } = await import('@quality-hub/data');
    return openLedger({ store, durability, mask: text => mask.text(text) });
  }
}
