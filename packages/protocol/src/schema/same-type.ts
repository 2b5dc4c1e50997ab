/** Compares types while compiling: the plain types are what code uses, the schemas are what the wire is checked by. */

/** `true` where both types are the same, optional keys included: assignability alone does not see a missing one. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Does not compile unless every member is `true`. */
export type Holds<T extends readonly true[]> = T;

/** `T` without `readonly`, all the way down: zod's output is mutable, the plain types are not. */
export type Mutable<T> = T extends readonly unknown[] | object ? { -readonly [K in keyof T]: Mutable<T[K]> } : T;
