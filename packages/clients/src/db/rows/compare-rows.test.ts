import { expect, test } from 'vitest';
import { compareRows } from './compare-rows.ts';

const rows = [
  { id: 1, name: 'Ann', total: '10.50', at: new Date('2026-01-02T00:00:00Z'), note: null },
  { id: 2, name: 'Bob', total: '7.00', at: new Date('2026-01-03T00:00:00Z'), note: 'x' },
];

test('equal rows pass in any order, and columns that are not named are not looked at', () => {
  expect(compareRows(rows, [{ name: 'Bob' }, { id: 1, name: 'Ann' }])).toEqual({ pass: true, diff: '' });
});

test('values that are the same in other types are equal: digits, instants, bytes, matchers, JSON', () => {
  const found = [
    { total: '10.50', at: new Date(0), raw: Buffer.from('ab'), id: '12', data: { a: [1] }, flag: 1, big: '9' },
  ];
  const expected = {
    total: 10.5,
    at: '1970-01-01T00:00:00.000Z',
    raw: new Uint8Array([97, 98]),
    id: expect.any(String),
    data: { a: [1] },
    flag: 1,
    big: 9n,
  };
  expect(compareRows(found, [expected]).pass).toBe(true);
  expect(compareRows([{ a: '' }], [{ a: 0 }]).pass).toBe(false);
  expect(compareRows([{ a: null }], [{ a: 0 }]).pass).toBe(false);
  expect(compareRows([{ a: true }], [{ a: 1 }]).pass).toBe(true);
  expect(compareRows([{ a: 'no date' }], [{ a: new Date(0) }]).pass).toBe(false);
});

test('the difference is a table: missing, unexpected, and what differs in which column', () => {
  const { pass, diff } = compareRows(rows, [
    { id: 1, name: 'Ann', total: 11 },
    { id: 3, name: 'Cid', total: 1 },
  ]);
  expect(pass).toBe(false);
  expect(diff).toBe(
    [
      'Expected 2 rows, found 2 rows: 1 missing, 1 unexpected, 1 different',
      '',
      '   id  name   total         at                        note',
      '~  1   "Ann"  11 → "10.50"  2026-01-02T00:00:00.000Z  null',
      '-  3   "Cid"  1',
      '+  2   "Bob"  "7.00"        2026-01-03T00:00:00.000Z  "x"',
    ].join('\n'),
  );
});

test('a key says which rows belong together', () => {
  const { diff } = compareRows(
    rows,
    [
      { id: 2, name: 'Ann' },
      { id: 1, name: 'Ann' },
    ],
    { key: ['id'] },
  );
  expect(diff).toContain('~  2   "Ann" → "Bob"');
  expect(diff).toContain('1 different');
});

test('a column that is not there is named', () => {
  expect(compareRows([{ id: 1 }], [{ id: 1, nmae: 'x' }]).diff).toContain('"x" → (no such column)');
});

test('with subset more rows may be there, but none may be missing', () => {
  expect(compareRows(rows, [{ id: 2 }], { subset: true }).pass).toBe(true);
  expect(compareRows(rows, [{ id: 9 }], { subset: true }).diff).toMatch(/^Expected 1 row, found 2 rows: 1 missing/);
});

test('where the order matters it is looked at, by place or by key', () => {
  expect(compareRows(rows, [{ id: 1 }, { id: 2 }], { ordered: true }).pass).toBe(true);
  expect(compareRows(rows, [{ id: 2 }, { id: 1 }], { ordered: true }).pass).toBe(false);
  const moved = compareRows(rows, [{ id: 2 }, { id: 1 }], { ordered: true, key: ['id'] });
  expect(moved).toEqual({
    pass: false,
    diff: 'Expected 2 rows, found 2 rows: the order differs\nThe rows are the expected ones in another order: id 1 comes too early',
  });
});

test('two rows that are equal count twice', () => {
  expect(compareRows([{ a: 1 }, { a: 1 }], [{ a: 1 }]).diff).toMatch(/1 unexpected/);
  expect(compareRows([{ a: 1 }], [{ a: 1 }, { a: 1 }]).diff).toMatch(/1 missing/);
});

test('a long table is cut, and so is a long value', () => {
  const { diff } = compareRows(
    Array.from({ length: 100 }, (_, id) => ({ id, text: 'x'.repeat(100) })),
    [],
  );
  expect(diff.split('\n')).toHaveLength(34);
  expect(diff).toContain('… and 70 more');
  expect(diff).toContain(`"${'x'.repeat(38)}…`);
});
