import { expect, test } from 'vitest';
import { seededFaker } from '../scaffold.ts';
import { factoryFile } from './factory-file.ts';
import { modelFromJsonSchema } from './from-json-schema.ts';
import { makeRows } from './make-rows.ts';

const ORDER = {
  title: 'Web Order',
  type: 'object',
  required: ['id', 'email', 'lines', 'state', 'size', 'code'],
  properties: {
    id: { type: 'integer', minimum: 1 },
    email: { type: 'string', format: 'email' },
    state: { enum: ['open', 'paid'] },
    size: { const: 3 },
    code: { type: 'string', pattern: '^[A-Z]{3}-\\d{4}$' },
    at: { type: ['string', 'null'], format: 'date-time' },
    discount: { type: 'number', exclusiveMinimum: 0, maximum: 0.5 },
    debt: { type: 'integer', maximum: -5 },
    gift: { type: 'boolean' },
    lines: { type: 'array', minItems: 1, items: { $ref: '#/$defs/line' } },
    either: { anyOf: [{ type: 'null' }, { type: 'string', minLength: 70 }, { type: 'integer' }] },
    any: {},
  },
  $defs: {
    line: {
      allOf: [
        { type: 'object', required: ['sku'], properties: { sku: { type: 'string', maxLength: 8 } } },
        { $ref: '#/$defs/counted' },
      ],
    },
    counted: {
      type: 'object',
      required: ['count'],
      properties: { count: { type: 'integer', minimum: 1, maximum: 9 }, of: { $ref: 'other.json' } },
    },
  },
};

test('a schema becomes a factory whose rows fit to it', async () => {
  const model = modelFromJsonSchema(ORDER, 'fallback');
  expect(model).toMatchObject({ name: 'web order', key: ['id'], made: ['id'] });
  expect(model.open).toEqual([
    'of: other.json is not in this file',
    'of: any value fits',
    'either: the first of several shapes is taken',
    'any: any value fits',
  ]);
  const faker = await seededFaker({ seed: 'a', work: 'rows' });
  const rows = [...makeRows(model, { faker, count: 200, mark: 'm', keysOf: () => [] })];
  for (const row of rows as Record<string, unknown>[]) {
    expect(row).toMatchObject({
      state: expect.stringMatching(/^(open|paid)$/),
      size: 3,
      code: expect.stringMatching(/^[A-Z]{3}-\d{4}$/),
    });
    for (const line of row['lines'] as { sku: string; count: number }[]) {
      expect(line.sku.length).toBeLessThanOrEqual(8);
      expect(line.count).toBeGreaterThanOrEqual(1);
      expect(line.count).toBeLessThanOrEqual(9);
    }
    if (row['discount'] !== null) expect(row['discount']).toBeLessThanOrEqual(0.5);
    expect(row['debt']).toBeLessThanOrEqual(-5);
    if (typeof row['at'] === 'string') expect(new Date(row['at']).toString()).not.toBe('Invalid Date');
    if (typeof row['either'] === 'string') expect(row['either'].length).toBeGreaterThanOrEqual(70);
  }
  const file = factoryFile([model]);
  expect(file).toContain("export const webOrder = define('web order', {");
  expect(file).toContain('code: faker.helpers.fromRegExp(/[A-Z]{3}-[0-9]{4}/),');
  expect(file).not.toContain('inTable');
});

test('what is no object is refused', () => {
  for (const wrong of [{}, { type: 'string' }, { type: 'object' }])
    expect(() => modelFromJsonSchema(wrong, 'x')).toThrow(expect.objectContaining({ code: 'QH_OPTION' }));
});

test('a pattern that faker does not understand is told', async () => {
  const schema = { type: 'object', required: ['a'], properties: { a: { type: 'string', pattern: '^(?=.*x)[a-c]+$' } } };
  const faker = await seededFaker({ seed: 'a', work: 'rows' });
  const rows = makeRows(modelFromJsonSchema(schema, 'x'), { faker, count: 1, mark: 'm', keysOf: () => [] });
  expect(() => [...rows]).toThrow(expect.objectContaining({ code: 'QH_DATA_ROWS' }));
});
