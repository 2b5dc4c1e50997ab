/** Builds data without asking anybody: the same for the same seed, whatever else happens. */
import type { Faker } from '@faker-js/faker';
import { QualityHubError } from '@quality-hub/protocol';
import { type Generator, hash32 } from '../random/generator.ts';
import { Names } from '../random/names.ts';
import { Origin } from '../random/origin.ts';
import { RecordContext } from './build-context.ts';
import type { AnyFactory } from './factory.ts';
import type { Parts, Wish } from './parts.ts';
import { factoryNamed } from './registry.ts';
import type { Target } from './relations.ts';
import { StandIns } from './stand-ins.ts';
import { stubOf } from './stub.ts';

export interface BuilderOptions {
  /** Asks `generator` for its numbers. */
  readonly faker: Faker;
  readonly generator: Generator;
  /** Two words of 32 bits: {@link seedOfTest}. */
  readonly seed: readonly [number, number];
  readonly namespace: string;
}

/** One call: what is wanted, and where it stands. */
export interface Order {
  readonly parts: Parts;
  readonly traits: readonly string[];
  readonly wish: Wish;
  readonly origin: Origin;
}

interface Counts {
  calls: number;
  built: number;
}

/** A build that gives a promise, or nothing (`QH_DATA_BUILD`). */
export class BuildError extends QualityHubError {
  constructor(name: string, what: string) {
    super(`build of "${name}" gave ${what}, expected an object`, {
      code: 'QH_DATA_BUILD',
      hint: 'What has to be asked for belongs into create, or into a relation',
    });
  }
}

export class Builder {
  readonly names: Names;
  readonly #options: BuilderOptions;
  readonly #counts = new Map<object, Counts>();
  #calls = 0;

  constructor(options: BuilderOptions) {
    this.#options = options;
    this.names = new Names(options.namespace);
  }

  /** Gives a call its place; at once, so that the order of calls counts and not that of answers. */
  order(factory: AnyFactory, given: object = NOTHING): Order {
    const { parts } = factory;
    if (given !== NOTHING) parts.checkGiven(given);
    const counts = this.#countsOf(parts);
    return orderAt(factory, Origin.top(parts.hash, ++counts.calls, ++this.#calls), given);
  }

  /** The place of a call that makes records of several kinds. */
  nextPlace(of: { readonly name: string }): Origin {
    return Origin.top(hash32(of.name), ++this.#countsOf(of).calls, ++this.#calls);
  }

  /** @param related Parents that are there; without them, stand-ins are built as far as they are looked at. */
  buildOrder(order: Order, related?: object): object {
    return this.#inPlace(order, related, (_, built) => built);
  }

  /** A record as its service would give it. */
  stubOrder(order: Order): object {
    return this.#inPlace(order, undefined, (context, built) => stubOf(order, context, built));
  }

  /** The numbers of a stand-in are its own: those of the record that asks for it go on as if nothing had been. */
  #inPlace<T>(order: Order, related: object | undefined, use: (context: RecordContext, built: object) => T): T {
    const { generator, seed } = this.#options;
    const before = generator.state;
    generator.begin(seed[0], seed[1], order.origin.hash);
    const context = this.#contextFor(order, related ?? this.#standIns(order));
    const result = use(context, built(order, context));
    generator.resume(before);
    return result;
  }

  #contextFor({ parts, wish, traits, origin }: Order, related: object): RecordContext {
    return new RecordContext({
      faker: this.#options.faker,
      names: this.names,
      sequence: ++this.#countsOf(parts).built,
      origin,
      given: wish.fields,
      related,
      params: wish.params,
      traits,
    });
  }

  #standIns({ parts, wish, origin }: Order): object {
    if (parts.parents.length === 0) return NOTHING;
    return StandIns.for(parts, ({ name, relation, position, hash }) => {
      const given = wish.relations[name];
      if (given !== undefined && !isFactory(given)) return given;
      if (given === undefined && relation.optional) return undefined;
      return this.stubOrder(orderAt(targetOf(given ?? relation.target), origin.child(position, hash)));
    });
  }

  #countsOf(of: object): Counts {
    let counts = this.#counts.get(of);
    if (counts === undefined) {
      counts = { calls: 0, built: 0 };
      this.#counts.set(of, counts);
    }
    return counts;
  }
}

const NOTHING = Object.freeze({});

export function orderAt(factory: AnyFactory, origin: Origin, given: object = NOTHING): Order {
  const { parts, traits } = factory;
  const all = given === NOTHING ? factory.given : { ...factory.given, ...given };
  return { parts, traits, wish: parts.wishFrom(all), origin };
}

/** @throws {UnknownPartError} (`QH_DATA_UNKNOWN`) for a name that no factory has. */
export function targetOf(target: Target | unknown): AnyFactory {
  return typeof target === 'string' ? factoryNamed(target) : (target as AnyFactory);
}

/** Not `instanceof`: there may be two copies of this package. */
export function isFactory(value: unknown): value is AnyFactory {
  return typeof value === 'object' && value !== null && 'parts' in value && 'traits' in value && 'given' in value;
}

function built({ parts, wish, traits }: Order, context: RecordContext): object {
  const { definition, name } = parts;
  const plain: unknown = definition.build(context as never);
  if (typeof plain !== 'object' || plain === null || plain instanceof Promise)
    throw new BuildError(name, plain instanceof Promise ? 'a promise' : String(plain));
  let result: object = plain;
  if (traits.length > 0 || wish.changes) {
    // What `build` gave may be a constant of the user.
    result = { ...plain };
    for (const name of traits) {
      const trait = definition.traits?.[name];
      Object.assign(result, typeof trait === 'function' ? trait(context as never) : trait);
    }
    Object.assign(result, wish.fields);
  }
  return definition.afterBuild?.(result as never, context as never) ?? result;
}
