/** Test data as one test asks for it: built, created, told apart, and gone afterwards. */

import type { ClaimOptions, Claims } from '../claims/claims.ts';
import { CreateManyError, type CreateOutcome, UnknownPartError } from '../errors.ts';
import { type Builder, orderAt } from '../factory/builder.ts';
import type { AnyFactory, InputOfFactory, Overrides, RecordOf } from '../factory/factory.ts';
import type { Origin } from '../random/origin.ts';
import type { SharedOfTest, SharedOptions } from '../shared/shared-records.ts';
import type { SnapshotFacts, Snapshots } from '../snapshots/snapshots.ts';
import { type AnyTemplate, isTemplate, type ParamsOf, type ResultOf } from '../template/template.ts';
import { settleAll } from './at-most.ts';
import type { OpenContext } from './context.ts';
import { plainJson } from './ledger-text.ts';
import type { CreateOptions, Maker } from './maker.ts';

/** How many of `createMany` are created at the same time. */
const CONCURRENCY = 8;

export interface CreateManyOptions extends CreateOptions {
  /** How many are created at the same time. @default 8 */
  readonly concurrency?: number;
}

export interface TestDataParts {
  readonly builder: Builder;
  readonly maker: Maker;
  /** As `QH_SEED` takes it. */
  readonly seed: string;
  /** What `snapshot` and `restore` work on; opened with their first call. */
  readonly snapshots?: Pick<Snapshots, 'save' | 'restore'>;
  /** Of the attempt; none where nothing can be claimed. */
  readonly claims?: Claims;
  /** What all tests of the worker share; none in what is made for them itself. */
  readonly shared?: { readonly records: SharedOfTest; readonly data: TestData };
  /** Another way to open what creates: one that has a page. */
  readonly open?: OpenContext;
}

/** Where in a graph the next call stands. */
type Place = (factory: AnyFactory, given: object | undefined) => ReturnType<Builder['order']>;

export class TestData {
  readonly #parts: TestDataParts;
  readonly #place: Place;
  #words = 0;

  constructor(parts: TestDataParts, place?: Place) {
    this.#parts = parts;
    this.#place = place ?? ((factory, given) => parts.builder.order(factory, given));
  }

  /** The word in all names of this attempt: a letter and seven of [a-z0-9]. */
  get namespace(): string {
    return this.#parts.builder.names.namespace;
  }

  /** Run again with `QH_SEED` set to it, a test makes up the same data. */
  get seed(): string {
    return this.#parts.seed;
  }

  /**
   * What would be sent to create a record; nothing is asked of anybody. Parents are stand-ins unless they are given.
   *
   * @throws {OptionError} (`QH_OPTION`) for what is no field, relation or parameter of the factory.
   */
  build<F extends AnyFactory>(factory: F, given?: Overrides<F>): InputOfFactory<F> {
    return this.#parts.builder.buildOrder(this.#place(factory, given)) as InputOfFactory<F>;
  }

  buildMany<F extends AnyFactory>(factory: F, count: number, given?: Overrides<F>): readonly InputOfFactory<F>[] {
    return Array.from({ length: count }, () => this.build(factory, given));
  }

  /** A record as its service would give it back, with a made-up key; nothing is asked of anybody. */
  stub<F extends AnyFactory>(factory: F, given?: Overrides<F>): RecordOf<F> {
    return this.#parts.builder.stubOrder(this.#place(factory, given)) as RecordOf<F>;
  }

  /** What an API takes: what is built, as `attributes` of the factory has it, else as JSON. */
  attributesFor<F extends AnyFactory>(factory: F, given?: Overrides<F>): unknown {
    const { attributes } = factory.parts.definition;
    const built = this.build(factory, given);
    return attributes ? attributes(built as never) : plainJson(built);
  }

  /**
   * Creates a record with all that it needs, and gives it as it came back. It is removed after the test, before its parents.
   *
   * @throws {RecordError} (`QH_DATA_RECORD`) if what would be sent, or what came back, is not what the factory says.
   * @throws {UnknownPartError} (`QH_DATA_UNKNOWN`) if it cannot be created, or not in the way that is asked for.
   * @throws {LedgerError} (`QH_DATA_LEDGER`) if it cannot be written down first; it is not created then.
   */
  create<F extends AnyFactory>(factory: F, given?: Overrides<F>, options?: CreateOptions): Promise<RecordOf<F>>;
  /** Creates the graph of a template. */
  create<T extends AnyTemplate>(template: T, params?: ParamsOf<T>, options?: CreateOptions): Promise<ResultOf<T>>;
  create(what: AnyFactory | AnyTemplate, given: object = {}, options: CreateOptions = {}): Promise<unknown> {
    if (isTemplate(what)) return this.#fromTemplate(what, given, options);
    return this.#create(this.#place(what, given), options);
  }

  /**
   * Creates several at once. Every one is tried, also where others fail.
   *
   * @throws {CreateManyError} (`QH_DATA_CREATE_MANY`) with the outcome of each, if one or more failed.
   */
  async createMany<F extends AnyFactory>(
    factory: F,
    wanted: number | readonly Overrides<F>[],
    given?: Overrides<F>,
    { concurrency = CONCURRENCY, ...options }: CreateManyOptions = {},
  ): Promise<readonly RecordOf<F>[]> {
    const all: readonly object[] = typeof wanted === 'number' ? Array.from({ length: wanted }, () => ({})) : wanted;
    // Each has its place before the first is waited for.
    const orders = all.map(one => this.#place(factory, { ...given, ...one }));
    const settled = await settleAll(orders, concurrency, order => this.#create(order, options));
    const outcomes = settled.map(
      (result): CreateOutcome<RecordOf<F>> =>
        result.status === 'fulfilled'
          ? { status: 'created', record: result.value as RecordOf<F> }
          : { status: 'failed', error: result.reason },
    );
    if (outcomes.some(({ status }) => status === 'failed')) throw new CreateManyError(factory.name, outcomes);
    return outcomes.flatMap(outcome => (outcome.status === 'created' ? [outcome.record] : []));
  }

  /** What was created along with a record: its parents, its children and what it is linked to, by the name of the relation. */
  related(record: object): Readonly<Record<string, unknown>> {
    return this.#parts.maker.relatedTo(record);
  }

  /** A word that no other test, worker or shard has, nor another call of this one: `unique('ann')` is `ann-k3x9a2bc-u1`. */
  unique(word?: string): string {
    return this.#parts.builder.names.word(word, `u${++this.#words}`);
  }

  /** A whole number that nobody else has, below 2^53. @throws {NumbersUsedUpError} (`QH_DATA_NUMBERS`) after 4,096 of them. */
  uniqueNumber(): number {
    return this.#parts.builder.names.number();
  }

  /**
   * Those of `records` that this attempt has made: the namespace is in one of their texts, in letters of any size.
   *
   * @param by What to look into. @default all texts of a record
   */
  mine<T>(records: readonly T[], by: (record: T) => unknown = record => record): T[] {
    return records.filter(record => hasText(by(record), this.namespace));
  }

  /**
   * Saves what `data.snapshots` of the configuration names, all its databases else, under a name; kept between runs.
   *
   * @throws {SnapshotError} (`QH_SNAPSHOT_PART`, `QH_SNAPSHOT_INTERRUPTED`)
   */
  snapshot(name: string, options?: { readonly signal?: AbortSignal }): Promise<SnapshotFacts> {
    return this.#snapshots().save(name, options);
  }

  /**
   * Makes everything as it was when the snapshot was saved. Others who use the same databases meanwhile are not asked: take a
   * lock, or a database of the worker's own.
   *
   * @throws {SnapshotError} (`QH_SNAPSHOT_MISSING`, `_TORN`, `_SCHEMA`, `_VERSION`, `_PART`)
   */
  restore(name: string, options?: { readonly signal?: AbortSignal }): Promise<void> {
    return this.#snapshots().restore(name, options);
  }

  /** The same data, with more to create with: `data.with({ page })` for factories that create on a page. */
  with(more: { readonly page: unknown }): TestData {
    const open = this.#parts.open ?? this.#parts.maker.options.open;
    return new TestData(
      {
        ...this.#parts,
        open: async (way, signal) =>
          Object.create(await open(way, signal), { page: { value: more.page, enumerable: true } }),
      },
      this.#place,
    );
  }

  /**
   * Nobody else has `value` of `kind` until this attempt ends: no test of any worker, machine or run with the same store. It is
   * for values that a system takes once, such as an e-mail address, and that no namespace can be put into.
   *
   * @throws {ClaimedError} (`QH_DATA_CLAIMED`) that names the test which has it.
   */
  async claim(kind: string, value: string, options?: ClaimOptions): Promise<void> {
    await this.#parts.claims?.claim(kind, value, options);
  }

  /**
   * A record that all tests of the worker read and none may change: made by the first that asks, removed when the worker ends.
   * It is frozen; with `checksum` it is compared after each test with what it was, and the test that has changed it is named.
   *
   * @param make Creates it with the data that it is given, which outlives the test.
   */
  shared<T>(name: string, make: (data: TestData) => Promise<T>, options?: SharedOptions<T>): Promise<T> {
    const { shared } = this.#parts;
    if (shared === undefined) return make(this);
    return shared.records.use(name, () => make(shared.data), options);
  }

  /** @internal Nothing is created any more; waits for what was begun, and gives back what was claimed. */
  async end(waitMs: number): Promise<void> {
    const { maker, claims } = this.#parts;
    await maker.end(waitMs);
    // A store that is down gives them back when this worker ends.
    await claims?.release().catch(() => {});
  }

  /** @internal @throws {SharedChangedError} (`QH_DATA_SHARED_CHANGED`) if this attempt has changed what it shares with others. */
  async compareShared(): Promise<void> {
    await this.#parts.shared?.records.end();
  }

  #snapshots(): Pick<Snapshots, 'save' | 'restore'> {
    const { snapshots } = this.#parts;
    if (snapshots) return snapshots;
    throw new UnknownPartError(
      'Nothing here takes snapshots',
      'Ask for them by the fixture `data`, or use openSnapshots',
    );
  }

  async #create(order: ReturnType<Place>, options: CreateOptions): Promise<object> {
    const { maker, open } = this.#parts;
    return (await maker.make(order, open ? { ...options, open } : options)).record;
  }

  /** Its calls stand below the call for the template: what else the test asks for changes nothing. */
  async #fromTemplate(template: AnyTemplate, given: object, options: CreateOptions): Promise<unknown> {
    const { builder } = this.#parts;
    const { params, make } = template;
    const within = new TestData(this.#parts, placeBelow(builder.nextPlace(template)));
    return make(
      {
        create: (factory, inner) => within.create(factory, inner, options),
        createMany: (factory, wanted, inner) => within.createMany(factory, wanted, inner, options),
      },
      { ...params, ...given },
    );
  }
}

function placeBelow(origin: Origin): Place {
  let calls = 0;
  return (factory, given) => {
    factory.parts.checkGiven(given ?? {});
    return orderAt(factory, origin.child(0, factory.parts.hash, calls++), given ?? {});
  };
}

function hasText(value: unknown, text: string): boolean {
  if (typeof value === 'string') return value.toLowerCase().includes(text);
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(inner => hasText(inner, text));
}
