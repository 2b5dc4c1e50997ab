import { expect, test } from 'vitest';
import { readCheck } from './read-check.ts';
import { checksIn } from './read-sqlite.ts';

test.for([
  ['price > 0', [{ column: 'price', min: 1 }], []],
  ['((price > (0)::numeric))', [{ column: 'price', min: 1 }], []],
  [
    '(`price` >= 0.5 and `price` <= 99)',
    [
      { column: 'price', min: 0.5 },
      { column: 'price', max: 99 },
    ],
    [],
  ],
  [
    '0 < n AND n < 0.5',
    [
      { column: 'n', min: 1 },
      { column: 'n', max: 0.49 },
    ],
    [],
  ],
  [
    'n BETWEEN 1 AND 5 AND m = -3',
    [
      { column: 'n', min: 1, max: 5 },
      { column: 'm', min: -3, max: -3 },
    ],
    [],
  ],
  [
    "(((place >= 1) AND (place <= '-4'::integer)))",
    [
      { column: 'place', min: 1 },
      { column: 'place', max: -4 },
    ],
    [],
  ],
  ["status IN ('open', 'it''s')", [{ column: 'status', values: ['open', "it's"] }], []],
  [
    "((status)::text = ANY ((ARRAY['open'::character varying, 'paid'::character varying])::text[]))",
    [{ column: 'status', values: ['open', 'paid'] }],
    [],
  ],
  ['(length(first_name) >= 2)', [{ column: 'first_name', minLength: 2 }], []],
  ['char_length(`a`) < 9', [{ column: 'a', maxLength: 8 }], []],
  ["sku <> '' AND sku IS NOT NULL", [{ column: 'sku', minLength: 1 }, { column: 'sku' }], []],
  ['a < b', [], ['a < b']],
  ["n > 0 AND (a = 1 OR b = ' and ')", [{ column: 'n', min: 1 }], ["a = 1 OR b = ' and '"]],
] as const)('%s', ([text, limits, others]) => {
  expect(readCheck(text)).toEqual({ limits, others });
});

test('checks are found in the text of a table, and not in its texts and comments', () => {
  const sql = `CREATE TABLE t (a text DEFAULT 'CHECK (no)', -- CHECK (no)
    b integer CHECK (b > (1 + 2)) /* CHECK (no) */, "CHECK (x)" text, CONSTRAINT c CHECK(a <> ')'))`;
  expect(checksIn(sql)).toEqual(['b > (1 + 2)', "a <> ')'"]);
});
