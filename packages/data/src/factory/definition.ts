/** What a user writes about one kind of data, typed from its schema. */
import type { Faker } from '@faker-js/faker';
import type { InputOf, OutputOf, StandardSchema } from '@quality-hub/config';
import type { DataContext, Via } from '../create/context.ts';
import type { Rule } from '../rules/rule.ts';
import type { FactoryShape } from './factory.ts';
import type { BelongsTo, LinksTo, ManyToMany, Relations, TargetRecord } from './relations.ts';

/** What is sent: by the schema `input`, else what comes back without its key. */
export type SentOf<Schema, Input, Key> = Input extends StandardSchema
  ? InputOf<Input>
  : Omit<InputOf<Schema>, Key & string>;

/** The same, where lists may be of the kind that is not changed. */
export type Built<T> = T extends readonly (infer Item)[]
  ? readonly Built<Item>[]
  : T extends Date | ((...given: never[]) => unknown)
    ? T
    : T extends object
      ? { readonly [Name in keyof T]: Built<T[Name]> }
      : T;

type ParentNames<R> = { [Name in keyof R]: R[Name] extends BelongsTo ? Name : never }[keyof R];
type LinkedNames<R> = { [Name in keyof R]: R[Name] extends LinksTo | ManyToMany ? Name : never }[keyof R];

/** The parents of a record, each as its service gave it; stand-ins where nothing is created. */
export type Related<R> = {
  readonly [Name in ParentNames<R>]: R[Name] extends BelongsTo<infer F, infer Optional>
    ? TargetRecord<F> | (Optional extends true ? undefined : never)
    : never;
};

export interface BuildContext<Input, R, Params> {
  /** Seeded for this record, in the language of the suite. Never take it for what has to be unique. */
  readonly faker: Faker;
  /** 1 for the first record of its kind in the test. Not unique among tests: put `unique()` around it. */
  readonly sequence: number;
  /**
   * A word that no other record has, in no test, worker or shard: `unique('ann')` is `ann-k3x9a2bc-1`. Each call gives another
   * one.
   */
  unique(word?: string): string;
  /** A whole number that no other record has, below 2^53. At most 4,096 in one attempt. */
  uniqueNumber(): number;
  /** The word in all names of the attempt. */
  readonly namespace: string;
  /** What the caller wants otherwise; it is put over what is built. */
  readonly given: Readonly<Partial<Input>>;
  readonly related: Related<R>;
  readonly params: Readonly<Params>;
  /** Names of the traits that are wanted. */
  readonly traits: readonly string[];
}

/** A named variation: values, or what makes them. */
export type Trait<Input, R, Params> =
  | (Partial<Built<Input>> & { readonly apply?: never })
  | ((context: BuildContext<Input, R, Params>) => Partial<Built<Input>>);

export type Create<Input> = (input: Input, context: DataContext) => Promise<unknown>;

/** How two records are put together and taken apart. */
export interface Link<Owner, OwnerKey, Other> {
  /** May give the owner as it is now, which is checked and counts from then on. */
  link(owner: Owner, other: Other, context: DataContext): Promise<Owner | undefined | void>;
  /**
   * Takes them apart before either is removed. Without it, they go as they are. The other one is told by the key of its own
   * factory.
   */
  unlink?(owner: OwnerKey, other: Readonly<Record<string, unknown>>, context: DataContext): Promise<void>;
}

/** @see Factory */
export interface Definition<Schema, Input, R, Params, Key extends string, Sent, B, Traits> {
  /** What comes back from where it is created. Checked each time. */
  readonly schema: Schema;
  /** What is sent. Checked before. @default the schema without its key */
  readonly input?: Input;
  /** What names a record to its service; what removes it gets this and no more. @default 'id' */
  readonly key?: Key | readonly Key[];
  /** Grows when what `remove` or `find` of older records would need has changed. @default 1 */
  readonly version?: number;
  /** Fields that are written down nowhere. */
  readonly secret?: readonly (keyof Sent & string)[];
  readonly relations?: R;
  /** What a caller may say that is no field, with what counts otherwise. */
  readonly transient?: Params;
  /** Makes what is sent. Pure: no clock, no chance but `faker`, nothing asked of anybody. */
  build(context: BuildContext<Sent, R, Params>): B;
  readonly traits?: Traits & { readonly [Name in keyof Traits]: Trait<Sent, R, Params> };
  /** Changes what was built, with traits and all; what it gives back is taken instead. */
  afterBuild?(built: Sent, context: BuildContext<Sent, R, Params>): Sent | undefined;
  /** Creates it; several ways by name, the first of which is taken unless the caller says `via`. */
  readonly create?: Create<Sent> | { readonly [Way in Via]?: Create<Sent> };
  /** With the record, once it is checked. */
  afterCreate?(record: OutputOf<Schema>, context: DataContext): Promise<void>;
  /** The key of what was created from `input`, where the answer got lost; undefined where it was not created. */
  find?(
    input: Sent,
    context: DataContext,
  ): Promise<Readonly<Pick<OutputOf<Schema>, Key & keyof OutputOf<Schema>>> | undefined>;
  /** Removes it. That it is gone already is no error: 404 is taken for it. Without it, records stay. */
  remove?(key: Readonly<Pick<OutputOf<Schema>, Key & keyof OutputOf<Schema>>>, context: DataContext): Promise<unknown>;
  /** Whether it is still there: asked after `remove`. */
  exists?(key: Readonly<Pick<OutputOf<Schema>, Key & keyof OutputOf<Schema>>>, context: DataContext): Promise<boolean>;
  /** For each relation that is no parent and no child. */
  readonly links?: {
    readonly [Name in LinkedNames<R>]: Link<
      OutputOf<Schema>,
      Readonly<Pick<OutputOf<Schema>, Key & keyof OutputOf<Schema>>>,
      R[Name] extends LinksTo<infer F> | ManyToMany<infer F> ? TargetRecord<F> : never
    >;
  };
  /** A record as its service would give it, without asking. @default what was built, with a made-up key */
  stub?(built: Sent, context: BuildContext<Sent, R, Params> & { readonly key: string | number }): OutputOf<Schema>;
  /** What was built as an API takes it. @default as JSON would have it */
  attributes?(built: Sent): unknown;
  /** What no type can say: sums, dates in order, what belongs together. */
  readonly rules?: readonly Rule<OutputOf<Schema>>[];
}

/** The definition as the code below sees it: checked by its types when it was written. */
export type PlainDefinition = Definition<
  StandardSchema,
  StandardSchema | undefined,
  Relations,
  object,
  string,
  Readonly<Record<string, unknown>>,
  object,
  Readonly<Record<string, Trait<object, object, object>>>
>;

/** What a call of a factory may say. */
export type OverridesOf<Shape extends FactoryShape> = FieldsOf<Shape['input'], Shape['relations']> &
  Partial<Shape['params']> & {
    readonly [Name in keyof Shape['relations']]?: GivenFor<Shape['relations'][Name]>;
  };

/** An empty schema takes any name and no value: relations would be refused with it. */
type FieldsOf<Input, R> = string extends keyof Input ? unknown : Partial<Omit<Input, keyof R>>;

/** A record that is there, a variation of its factory, or how many and which. */
type GivenFor<R> =
  R extends BelongsTo<infer F, infer Optional>
    ? TargetRecord<F> | (F extends string ? never : F) | (Optional extends true ? undefined : never)
    : R extends LinksTo<infer F>
      ? TargetRecord<F> | (F extends string ? never : F)
      : R extends { readonly target: infer F }
        ? number | readonly (TargetRecord<F> | (F extends string ? never : F))[]
        : never;
