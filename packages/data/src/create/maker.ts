/** Creates records and all that they need: parents first, each written down before it is asked for. */
import { closestName, type Evidence } from '@quality-hub/protocol';
import { type DataClock, dataClock } from '../clock.ts';
import { DataEndedError, UnknownPartError } from '../errors.ts';
import { type Builder, isFactory, type Order, orderAt, targetOf } from '../factory/builder.ts';
import type { AnyFactory } from '../factory/factory.ts';
import type { NamedRelation } from '../factory/parts.ts';
import type { BelongsTo, HasMany, LinksTo, ManyToMany, Share, Target } from '../factory/relations.ts';
import type { Json, Ledger, LedgerOwner } from '../ledger/ledger.ts';
import { allOf } from './at-most.ts';
import type { OpenContext, Via } from './context.ts';
import { createRecord } from './create-record.ts';
import { keyOf } from './ledger-text.ts';
import { linkRecords } from './link-records.ts';

/** How many parents or children of one record are created at the same time. */
const WIDTH = 4;

/** A record was made or removed: what is remembered of its kind is not right any more. `id` is its key in one text. */
export type RecordChanged = (kind: string, id: string) => Promise<void>;

export interface MakerOptions {
  readonly builder: Builder;
  readonly owner: LedgerOwner;
  /** Opened with the first record. */
  readonly ledger: () => Promise<Ledger>;
  readonly open: OpenContext;
  readonly observe: (evidence: Evidence) => void;
  /** Hears of each record that was made. */
  readonly changed?: RecordChanged | undefined;
  /** What all tests of a worker share is made there. @default here */
  readonly ofWorker?: Maker;
}

export interface CreateOptions {
  /** @default the first way that the factory knows */
  readonly via?: Via;
  readonly signal?: AbortSignal;
}

/** @internal */
export interface MakeOptions extends CreateOptions {
  /** Opens more than the maker itself does: a page. */
  readonly open?: OpenContext;
}

/** A record with what was created for it. */
export interface Made {
  readonly record: object;
  /** By the name of the relation. */
  readonly related: Readonly<Record<string, unknown>>;
}

export class Maker {
  readonly options: MakerOptions;
  /** Entries of what was made here, by kind and key: a record that is given as a parent is known by them. */
  readonly #entries = new Map<string, string>();
  readonly #shared = new Map<string, Promise<Made>>();
  readonly #running = new Set<Promise<unknown>>();
  readonly #over = new AbortController();
  readonly #related = new WeakMap<object, Made['related']>();

  constructor(options: MakerOptions) {
    this.options = options;
  }

  /** What was created along with a record of this maker. */
  relatedTo(record: object): Made['related'] {
    return this.#related.get(record) ?? {};
  }

  /** Name of the entry of a record that was made here, or for all tests of the worker. */
  entryOf(kind: string, record: unknown, fields: readonly string[]): string | undefined {
    const found = keyOf(record, fields);
    if ('missing' in found) return undefined;
    return this.#entries.get(nameOf(kind, found.key)) ?? this.options.ofWorker?.entryOf(kind, record, fields);
  }

  entryOfTarget(target: Target, record: unknown): string | undefined {
    const { parts } = targetOf(target);
    return this.entryOf(parts.name, record, parts.keys);
  }

  noteEntry(kind: string, key: Json, entry: string): void {
    this.#entries.set(nameOf(kind, key), entry);
  }

  /** Makes what a test asks for. @throws {DataEndedError} (`QH_DATA_ENDED`) after {@link end}. */
  make(order: Order, options: MakeOptions = {}): Promise<Made> {
    const over = this.#over.signal;
    const signal = options.signal ? AbortSignal.any([options.signal, over]) : over;
    const making = this.#make(order, { ...options, signal });
    this.#running.add(making);
    const ended = (): void => void this.#running.delete(making);
    making.then(ended, ended);
    return making;
  }

  /**
   * Nothing is created from now on, and what was begun is waited for: a test that has run out of time does not take its calls
   * back, and what they create must not come after the removal.
   *
   * @param waitMs Longest wait.
   */
  async end(waitMs: number, clock: DataClock = dataClock): Promise<void> {
    this.#over.abort(new DataEndedError(this.options.owner.label ?? this.options.owner.worker));
    if (this.#running.size === 0) return;
    const waited = new AbortController();
    const late = clock.sleep(waitMs, { signal: waited.signal }).catch(() => {});
    await Promise.race([Promise.allSettled(this.#running), late]);
    waited.abort();
  }

  async #make(order: Order, options: MakeOptions): Promise<Made> {
    const parents = await this.#parents(order, options);
    let record = await createRecord(this, order, parents, options);
    const related: Record<string, unknown> = { ...parents };
    // One after the other: a child may need what was put together before.
    for (const { relation, ...named } of order.parts.relations) {
      if (relation.relation === 'belongsTo') continue;
      if (relation.relation === 'hasMany') {
        related[named.name] = await this.#children(order, record, { ...named, relation }, options);
        continue;
      }
      const others =
        relation.relation === 'linksTo'
          ? await this.#linked(order, record, { ...named, relation }, options)
          : await this.#others(order, { ...named, relation }, options);
      for (const other of others) {
        record = await linkRecords(this, { order, record, name: named.name, relation, other }, options);
      }
      related[named.name] = relation.relation === 'linksTo' ? others[0] : others;
    }
    this.#related.set(record, related);
    return { record, related };
  }

  async #parents(order: Order, options: MakeOptions): Promise<Readonly<Record<string, unknown>>> {
    const { parts, wish, origin } = order;
    const pairs = await allOf(parts.parents, WIDTH, async ({ name, relation, position, hash }) => {
      const given = wish.relations[name];
      if (given !== undefined && !isFactory(given)) return [name, given] as const;
      if (given === undefined && relation.optional) return [name, undefined] as const;
      const own = orderAt(targetOf(given ?? relation.target), origin.child(position, hash));
      const made = await this.#sharedOr(given === undefined ? relation : undefined, own, name, options);
      return [name, made.record] as const;
    });
    return Object.fromEntries(pairs);
  }

  async #children(
    { wish, origin }: Order,
    owner: object,
    { name, relation, position, hash }: NamedRelation<HasMany>,
    options: MakeOptions,
  ): Promise<readonly object[]> {
    const wanted = wantedOf(wish.relations[name], relation.count);
    return allOf(wanted, WIDTH, async (given, index) => {
      if (given !== undefined && !isFactory(given)) return given as object;
      const target = targetOf(given ?? relation.target);
      checkBack(target, relation.as);
      const child = orderAt(target, origin.child(position, hash, index), { [relation.as]: owner });
      return (await this.#make(child, childOptions(options))).record;
    });
  }

  async #linked(
    { wish, origin }: Order,
    owner: object,
    { name, relation, position, hash }: NamedRelation<LinksTo>,
    options: MakeOptions,
  ): Promise<readonly object[]> {
    const given = wish.relations[name];
    if (given !== undefined && !isFactory(given)) return [given as object];
    const target = targetOf(given ?? relation.target);
    if (relation.as !== undefined) checkBack(target, relation.as);
    const back = relation.as === undefined ? {} : { [relation.as]: owner };
    const other = orderAt(target, origin.child(position, hash), back);
    return [(await this.#make(other, childOptions(options))).record];
  }

  async #others(
    { wish, origin }: Order,
    { name, relation, position, hash }: NamedRelation<ManyToMany>,
    options: MakeOptions,
  ): Promise<readonly object[]> {
    return allOf(wantedOf(wish.relations[name], relation.count), WIDTH, async (given, index) => {
      if (given !== undefined && !isFactory(given)) return given as object;
      const other = orderAt(targetOf(given ?? relation.target), origin.child(position, hash, index));
      return (await this.#sharedOr(relation, other, `${name} ${index}`, options)).record;
    });
  }

  /** One for all of a test, or of a worker; who fails to make it leaves the next one to try. */
  #sharedOr(
    relation: BelongsTo | ManyToMany | undefined,
    order: Order,
    name: string,
    options: MakeOptions,
  ): Promise<Made> {
    if (relation?.share === undefined) return this.#make(order, childOptions(options));
    const target = order.parts.name;
    // Several of one relation are several; parents of many kinds of record may be one.
    const which = relation.relation === 'manyToMany' ? name : '';
    const key = JSON.stringify([target, order.traits, wishKey(order), which]);
    return this.sharer(relation.share).#once(key, order, childOptions(options));
  }

  /** @internal */
  sharer(share: Share): Maker {
    return share === 'worker' ? (this.options.ofWorker ?? this) : this;
  }

  #once(key: string, order: Order, options: MakeOptions): Promise<Made> {
    let made = this.#shared.get(key);
    if (made === undefined) {
      // The end of one test must not end what is for all of them.
      made = this.options.ofWorker ? this.#make(order, options) : this.make(order);
      this.#shared.set(key, made);
      made.catch(() => this.#shared.delete(key));
    }
    return made;
  }
}

/** A way is that of the record it was said for: its relations go their own. */
function childOptions({ signal, open }: MakeOptions): MakeOptions {
  return { ...(signal ? { signal } : {}), ...(open ? { open } : {}) };
}

function nameOf(kind: string, key: Json): string {
  return JSON.stringify([kind, key]);
}

/** Fields of a shared record that differ make it another one. */
function wishKey({ wish }: Order): unknown {
  return [wish.fields, wish.params, Object.keys(wish.relations)];
}

/** Factories that name each other by a text are not checked before. @throws {UnknownPartError} (`QH_DATA_UNKNOWN`) */
function checkBack({ parts }: AnyFactory, name: string): void {
  if (parts.parents.some(parent => parent.name === name)) return;
  const names = parts.parents.map(parent => parent.name);
  const close = closestName(name, names);
  throw new UnknownPartError(
    `"${parts.name}" belongs to no "${name}"${close === undefined ? '' : `; did you mean "${close}"?`}`,
    'Name with `as` the relation of the child that leads back: belongsTo(…)',
  );
}

/** How many, which, or some of each. */
function wantedOf(given: unknown, count: number): readonly unknown[] {
  if (Array.isArray(given)) return given;
  return Array.from({ length: typeof given === 'number' ? given : count }, () => undefined);
}
