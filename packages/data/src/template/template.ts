/** Graphs of data by name: a store with its orders, made with one word. */
import type { AnyFactory, Overrides, RecordOf } from '../factory/factory.ts';

/** What a template makes its records with: real ones, or stand-ins. */
export interface TemplateMaker {
  create<F extends AnyFactory>(factory: F, given?: Overrides<F>): Promise<RecordOf<F>>;
  createMany<F extends AnyFactory>(
    factory: F,
    wanted: number | readonly Overrides<F>[],
    given?: Overrides<F>,
  ): Promise<readonly RecordOf<F>[]>;
}

export interface Template<Params extends object, Result> {
  readonly name: string;
  readonly params: Params;
  readonly make: (make: TemplateMaker, params: Params) => Promise<Result>;
}

// biome-ignore lint/suspicious/noExplicitAny: any template; its types are read from it.
export type AnyTemplate = Template<any, any>;
export type ResultOf<T> = T extends Template<infer _Params, infer Result> ? Result : never;
export type ParamsOf<T> = T extends Template<infer Params, infer _Result> ? Partial<Params> : never;

/**
 * @example
 * const busyStore = template('store with 3 orders', { orders: 3 }, async (make, { orders }) => {
 *   const owner = await make.create(store);
 *   return { store: owner, orders: await make.createMany(order, orders, { store: owner }) };
 * });
 * await data.create(busyStore, { orders: 5 });
 */
export function template<Params extends object, Result>(
  name: string,
  params: Params,
  make: (make: TemplateMaker, params: Params) => Promise<Result>,
): Template<Params, Result> {
  return { name, params, make };
}

/** Not `instanceof`: there may be two copies of this package. */
export function isTemplate(value: object): value is AnyTemplate {
  return 'make' in value && 'params' in value && !('parts' in value);
}
