/** One kind of test data: how it is built, created, found and removed. */
import type { OutputOf, StandardSchema } from '@quality-hub/config';
import type { Built, Definition, OverridesOf, PlainDefinition, SentOf } from './definition.ts';
import { compile, type Parts } from './parts.ts';
import { placeOfCall, register } from './registry.ts';
import type { Relations } from './relations.ts';

/** The types of a factory. */
export interface FactoryShape {
  readonly name: string;
  /** What comes back. */
  readonly record: unknown;
  /** Names of the fields that name a record. */
  readonly key: string;
  /** What is sent. */
  readonly input: object;
  readonly relations: object;
  readonly params: object;
  readonly traits: string;
}

// biome-ignore lint/suspicious/noExplicitAny: any factory; its types are read from it.
export type AnyFactory = Factory<any>;

export type RecordOf<F> = F extends { readonly shape: { readonly record: infer R } } ? R : never;
export type InputOfFactory<F> = F extends { readonly shape: { readonly input: infer I } } ? I : never;
export type Overrides<F> = F extends Factory<infer Shape> ? OverridesOf<Shape> : never;

/** Made by {@link define}. Never changes: a variation is another one. */
export class Factory<Shape extends FactoryShape = FactoryShape> {
  /** Types alone; there is no such value. */
  declare readonly shape: Shape;
  readonly name: Shape['name'];
  readonly version: number;
  /** For those who build and create. */
  readonly parts: Parts;
  readonly traits: readonly string[];
  readonly given: Readonly<Record<string, unknown>>;

  /** @internal Use {@link define}. */
  constructor(parts: Parts, traits: readonly string[] = [], given: Readonly<Record<string, unknown>> = {}) {
    this.name = parts.name;
    this.version = parts.version;
    this.parts = parts;
    this.traits = traits;
    this.given = given;
  }

  /**
   * A variation by its traits, which are put on in their order.
   *
   * @throws {UnknownPartError} (`QH_DATA_UNKNOWN`) for a trait that there is none of.
   */
  as(...traits: readonly Shape['traits'][]): Factory<Shape> {
    this.parts.checkTraits(traits);
    return new Factory(this.parts, [...this.traits, ...traits], this.given);
  }

  /** A variation with other values. @throws {OptionError} (`QH_OPTION`) for what is no field, relation or parameter. */
  with(given: OverridesOf<Shape>): Factory<Shape> {
    const more = given as Readonly<Record<string, unknown>>;
    this.parts.checkGiven(more);
    return new Factory(this.parts, this.traits, { ...this.given, ...more });
  }
}

/**
 * Defines one kind of test data, and registers it by its name.
 *
 * @example
 * const order = define('order', {
 *   schema: z.object({ id: z.number(), buyerId: z.number(), status: z.enum(['open', 'paid']) }),
 *   relations: { buyer: belongsTo(buyer) },
 *   build: ({ related }) => ({ buyerId: related.buyer.id, status: 'open' }),
 *   create: (input, { api }) => api.post('/orders', { json: input }).json(),
 *   remove: ({ id }, { api }) => api.delete(`/orders/${id}`),
 * });
 *
 * @throws {OptionError} (`QH_OPTION`) with everything that is wrong with the definition.
 * @throws {FactoryNameError} (`QH_DATA_NAME`) if another place has a factory of this name.
 */
export function define<
  Name extends string,
  Schema extends StandardSchema,
  Input extends StandardSchema | undefined = undefined,
  R extends Relations = Readonly<Record<never, never>>,
  Params extends object = Readonly<Record<never, never>>,
  const Key extends keyof OutputOf<Schema> & string = 'id' & keyof OutputOf<Schema>,
  const B extends Built<SentOf<Schema, Input, Key>> = Built<SentOf<Schema, Input, Key>>,
  const Traits extends object = Readonly<Record<never, never>>,
>(
  name: Name,
  definition: Definition<Schema, Input, R, Params, Key, SentOf<Schema, Input, Key>, B, Traits>,
): Factory<{
  readonly name: Name;
  readonly record: OutputOf<Schema>;
  readonly key: Key;
  readonly input: SentOf<Schema, Input, Key> & object;
  readonly relations: R;
  readonly params: Params;
  readonly traits: keyof Traits & string;
}> {
  const made = new Factory(compile(name, definition as unknown as PlainDefinition));
  register(made, placeOfCall(define));
  return made as never;
}
