import { expectTypeOf, test } from 'vitest';
import type { Equal, Holds, Mutable } from './same-type.ts';

test('a missing field, an optional one and another literal are not the same type', () => {
  expectTypeOf<Equal<{ a: 1 }, { a: 1 }>>().toEqualTypeOf<true>();
  expectTypeOf<Equal<{ a: 1 }, { a: 1; b: 2 }>>().toEqualTypeOf<false>();
  expectTypeOf<Equal<{ a: 1 }, { a: 1; b?: 2 }>>().toEqualTypeOf<false>();
  expectTypeOf<Equal<{ a: 'x' }, { a: 'x' | 'y' }>>().toEqualTypeOf<false>();
  // @ts-expect-error one of the comparisons is false
  expectTypeOf<Holds<[true, false]>>();
  expectTypeOf<Mutable<{ readonly a: readonly { readonly b: 1 }[] }>>().toEqualTypeOf<{ a: { b: 1 }[] }>();
});
