/** Test data of one worker: its ledger and its language are opened once, and by nobody who does not ask. */
import type { CleanupEvidence, Evidence, KeyValueDriver } from '@quality-hub/protocol';
import { createClaims } from '../claims/claims.ts';
import { Builder } from '../factory/builder.ts';
import type { Ledger, LedgerEntry, LedgerOwner } from '../ledger/ledger.ts';
import { Generator } from '../random/generator.ts';
import { loadFaker, type MakeFaker } from '../random/load-faker.ts';
import { type RunSeed, seedOfTest } from '../random/seed.ts';
import { SharedRecords } from '../shared/shared-records.ts';
import type { Snapshots } from '../snapshots/snapshots.ts';
import { type RemovalResult, removeAll } from '../sweep/remove-all.ts';
import type { OpenContext } from './context.ts';
import { idOf } from './ledger-text.ts';
import { Maker, type RecordChanged } from './maker.ts';
import { recordKinds } from './record-kinds.ts';
import { TestData } from './test-data.ts';

const END_MS = 5_000;

export interface WorkerDataOptions {
  readonly seed: RunSeed;
  /** Of faker: `en`, `de` … @default 'en' */
  readonly locale?: string;
  /** Who owns what all tests of the worker share. */
  readonly owner: LedgerOwner;
  /** Opened with the first record that is created. */
  readonly openLedger: () => Promise<Ledger>;
  /** Where claims are kept; opened with the first one. */
  readonly openStore: () => Promise<KeyValueDriver>;
  /** For what is shared by all tests of the worker. */
  readonly open: OpenContext;
  readonly observe: (evidence: Evidence) => void;
  /** Hears of each record that was made or removed. It must not throw. */
  readonly changed?: RecordChanged;
}

export interface AttemptOptions {
  readonly owner: LedgerOwner & { readonly test: string };
  readonly open: OpenContext;
  readonly observe: (evidence: Evidence) => void;
  /** For `snapshot` and `restore`. */
  readonly snapshots?: Pick<Snapshots, 'save' | 'restore'>;
}

export interface RemoveOptions {
  readonly open: OpenContext;
  /** For all removals. */
  readonly timeoutMs: number;
  /** How many are removed at the same time. @default 8 */
  readonly concurrency?: number;
  /** Longest wait for creations that were begun and not awaited. @default 5000 */
  readonly endMs?: number;
  readonly observe: (evidence: CleanupEvidence) => void;
}

export class WorkerData {
  readonly #options: WorkerDataOptions;
  #ledger: Promise<Ledger> | undefined;
  #makeFaker: Promise<MakeFaker> | undefined;
  #shared: Promise<Maker> | undefined;
  readonly #records = new SharedRecords();

  constructor(options: WorkerDataOptions) {
    this.#options = options;
  }

  /** The ledger where something was created: whoever asks does not open it. */
  get openedLedger(): Promise<Ledger> | undefined {
    return this.#ledger;
  }

  ledger(): Promise<Ledger> {
    if (this.#ledger === undefined) {
      const opening = this.#options.openLedger();
      // The store may be up again for the next test.
      opening.catch(() => {
        this.#ledger = undefined;
      });
      this.#ledger = opening;
    }
    return this.#ledger;
  }

  /** For one attempt of a test: a retry has the same data under another namespace. */
  async forAttempt({ owner, open, observe, snapshots }: AttemptOptions): Promise<TestData> {
    const { seed } = this.#options;
    const builder = await this.#builder(owner.namespace, owner.test);
    this.#shared ??= this.#makeShared();
    const ofWorker = await this.#shared;
    const maker = new Maker({
      builder,
      owner,
      ledger: () => this.ledger(),
      open,
      observe,
      ofWorker,
      changed: this.#options.changed,
    });
    const label = owner.label ?? owner.test;
    return new TestData({
      builder,
      maker,
      seed: seed.text,
      ...(snapshots ? { snapshots } : {}),
      claims: createClaims({ owner, store: this.#options.openStore, ledger: () => this.ledger(), observe }),
      shared: {
        records: this.#records.forTest({ label, observe }),
        data: new TestData({ builder: ofWorker.options.builder, maker: ofWorker, seed: seed.text }),
      },
    });
  }

  /**
   * Removes what one attempt has created, and gives its claims back. Nothing is asked where nothing was created.
   *
   * @throws {SharedChangedError} (`QH_DATA_SHARED_CHANGED`) at the end, if it has changed what it shares with others.
   */
  async removeOf(data: TestData, options: RemoveOptions): Promise<readonly RemovalResult[]> {
    await data.end(options.endMs ?? END_MS);
    const results = await this.#remove(entry => entry.owner.namespace === data.namespace, options);
    // Last: what the test has created may have changed it, and its removal changed it back.
    await data.compareShared();
    return results;
  }

  /** Removes all that is left of this worker; what cannot be removed now is left to others. */
  async end(options: RemoveOptions): Promise<readonly RemovalResult[]> {
    await (await this.#shared?.catch(() => undefined))?.end(options.endMs ?? END_MS);
    return this.#remove(() => true, options);
  }

  async #remove(
    isWanted: (entry: LedgerEntry) => boolean,
    { open, timeoutMs, concurrency, observe }: RemoveOptions,
  ): Promise<readonly RemovalResult[]> {
    const ledger = await this.#ledger?.catch(() => undefined);
    if (ledger === undefined) return [];
    const { run, worker } = this.#options.owner;
    const wanted: LedgerEntry[] = [];
    const staying: LedgerEntry[] = [];
    for await (const entry of ledger.entries({ run, worker })) (isWanted(entry) ? wanted : staying).push(entry);
    if (wanted.length === 0) return [];
    const results = await removeAll(wanted, {
      ledger,
      kinds: recordKinds(),
      context: open,
      timeoutMs,
      ...(concurrency === undefined ? {} : { concurrency }),
      observe,
      staying,
    });
    for (const { entry, outcome } of results)
      if (outcome === 'gone' && entry.record !== undefined)
        await this.#options.changed?.(entry.kind, idOf(entry.record));
    return results;
  }

  async #makeShared(): Promise<Maker> {
    const { owner, open, observe, changed } = this.#options;
    const builder = await this.#builder(owner.namespace, `worker ${owner.worker}`);
    return new Maker({ builder, owner, ledger: () => this.ledger(), open, observe, changed });
  }

  async #builder(namespace: string, test: string): Promise<Builder> {
    const { seed, locale } = this.#options;
    this.#makeFaker ??= loadFaker(locale);
    const generator = new Generator();
    const faker = (await this.#makeFaker)({ generator, today: seed.day });
    return new Builder({ faker, generator, seed: seedOfTest(seed.text, test), namespace });
  }
}
