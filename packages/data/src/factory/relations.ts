/** How records of one factory belong to those of another. */
import type { AnyFactory, RecordOf } from './factory.ts';

/** A factory, or its name where the two know each other: TypeScript cannot type a circle. */
export type Target = AnyFactory | string;

/** Where a parent is shared: by the records of one test, or by all tests of a worker. */
export type Share = 'test' | 'worker';

export interface BelongsTo<F extends Target = Target, Optional extends boolean = boolean> {
  readonly relation: 'belongsTo';
  readonly target: F;
  readonly share: Share | undefined;
  readonly optional: Optional;
}

export interface HasMany<F extends Target = Target> {
  readonly relation: 'hasMany';
  readonly target: F;
  readonly as: string;
  readonly count: number;
}

export interface LinksTo<F extends Target = Target> {
  readonly relation: 'linksTo';
  readonly target: F;
  readonly as: string | undefined;
}

export interface ManyToMany<F extends Target = Target> {
  readonly relation: 'manyToMany';
  readonly target: F;
  readonly count: number;
  readonly share: Share | undefined;
}

export type Relation = BelongsTo | HasMany | LinksTo | ManyToMany;
export type Relations = Readonly<Record<string, Relation>>;

/** A record of the target; of one that is told by name, nothing is known. */
export type TargetRecord<F> = F extends string ? Readonly<Record<string, unknown>> : RecordOf<F>;

/**
 * A parent: it is created first, and `related` has it while the record is built.
 *
 * @param options.share One parent for all records of a test, or of a worker. @default each record has its own
 * @param options.optional There is none unless it is given. @default false
 */
export function belongsTo<F extends Target>(
  target: F,
  options: { readonly share?: Share; readonly optional: true },
): BelongsTo<F, true>;
export function belongsTo<F extends Target>(
  target: F,
  options?: { readonly share?: Share; readonly optional?: false },
): BelongsTo<F, false>;
export function belongsTo(
  target: Target,
  { share, optional = false }: { readonly share?: Share; readonly optional?: boolean } = {},
): BelongsTo {
  return { relation: 'belongsTo', target, share, optional };
}

/**
 * Children: they are created after the record, which is their parent.
 *
 * @param options.as The relation of the child that leads back.
 * @param options.count How many, unless the caller says otherwise. @default 0
 */
export function hasMany<F extends Target>(
  target: F,
  options: { readonly as: string; readonly count?: number },
): HasMany<F> {
  return { relation: 'hasMany', target, as: options.as, count: options.count ?? 0 };
}

/**
 * One that is only known when both are there, as in a circle: it is created after the record, and `links` of the factory puts
 * them together.
 *
 * @param options.as The relation of the other that leads back, where it has one.
 */
export function linksTo<F extends Target>(target: F, options: { readonly as?: string } = {}): LinksTo<F> {
  return { relation: 'linksTo', target, as: options.as };
}

/**
 * Several on both sides: `links` of the factory puts each pair together.
 *
 * @param options.count How many are made, unless the caller gives some. @default 0
 * @param options.share The same others for all records of a test, or of a worker. @default each record has its own
 */
export function manyToMany<F extends Target>(
  target: F,
  options: { readonly count?: number; readonly share?: Share } = {},
): ManyToMany<F> {
  return { relation: 'manyToMany', target, count: options.count ?? 0, share: options.share };
}
