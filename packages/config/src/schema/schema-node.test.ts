import { expect, test } from 'vitest';
import { z } from 'zod';
import { editorSchema } from './editor-schema.ts';
import { kindsAt, namesAt, type SchemaNode, schemaNodeOf } from './schema-node.ts';
import type { StandardSchema } from './standard-schema.ts';

const category: z.ZodType = z.object({
  name: z.string(),
  get children() {
    return z.array(category).optional();
  },
});
const SCHEMA = z.object({
  shop: z.object({ limit: z.union([z.int(), z.literal('none')]), open: z.looseObject({ a: z.boolean() }) }),
  rates: z.record(z.string(), z.number().nullable()),
  auth: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('basic'), user: z.string() }),
    z.object({ kind: z.literal('bearer'), token: z.string() }),
  ]),
  list: z.array(z.object({ sku: z.string() })),
  category,
  work: z.custom<() => void>(value => typeof value === 'function'),
});

test('names and kinds of a place are found: in objects, records, unions, lists and cycles', async () => {
  const node = (await schemaNodeOf(SCHEMA)) as SchemaNode;
  expect(namesAt(node, [])).toEqual({ names: ['shop', 'rates', 'auth', 'list', 'category', 'work'], open: false });
  expect(namesAt(node, ['shop', 'open'])).toEqual({ names: ['a'], open: true });
  expect(namesAt(node, ['auth'])).toEqual({ names: ['kind', 'user', 'token'], open: false });
  expect(namesAt(node, ['rates'])).toEqual({ names: [], open: true });
  expect(namesAt(node, ['shop', 'nothing'])).toBeUndefined();
  expect(namesAt(node, ['category', 'children', 0, 'children', 1])?.names).toEqual(['name', 'children']);
  const kinds = (...path: PropertyKey[]) => [...kindsAt(node, path)].sort();
  expect(kinds('shop', 'limit')).toEqual(['number', 'string']);
  expect(kinds('rates', 'EUR')).toEqual(['null', 'number']);
  expect(kinds('list')).toEqual(['array']);
  expect(kinds('list', 0, 'sku')).toEqual(['string']);
  expect(kinds('auth', 'kind')).toEqual(['string']);
  expect(kinds('work')).toEqual([]);
});

test('another schema library tells its JSON Schema by itself, or nothing is known', async () => {
  const validate = (value: unknown) => ({ value });
  const standard = { version: 1, vendor: 'other', validate } as const;
  const telling: StandardSchema = { '~standard': { ...standard, jsonSchema: { input: () => ({ type: 'object' }) } } };
  expect(await schemaNodeOf(telling)).toEqual({ type: 'object' });
  expect(await schemaNodeOf({ '~standard': standard })).toBeUndefined();
  const failing: StandardSchema = {
    '~standard': {
      ...standard,
      jsonSchema: {
        input: () => {
          throw new Error('cannot');
        },
      },
    },
  };
  expect(await schemaNodeOf(failing)).toBeUndefined();
});

test('the schema for editors asks for nothing, and its references lead to where they are now', async () => {
  const schema = editorSchema(
    { clients: { type: 'object', $defs: { a: { type: 'string' } }, properties: { a: { $ref: '#/$defs/a' } } } },
    await schemaNodeOf(SCHEMA),
  );
  const text = JSON.stringify(schema);
  const { $defs, properties } = schema as { $defs: Record<string, unknown>; properties: Record<string, SchemaNode> };
  expect(properties.clients?.properties?.a).toEqual({ $ref: '#/$defs/clients.a' });
  const references = [...text.matchAll(/"\$ref":"#\/\$defs\/([^"]+)"/g)].map(([, name]) => name ?? '');
  expect(references.length).toBeGreaterThan(1);
  expect(references.filter(name => !Object.hasOwn($defs, name))).toEqual([]);
  expect(properties.values?.required).toBeUndefined();
  const environment = properties.environments?.additionalProperties as SchemaNode | undefined;
  expect(Object.keys(environment?.properties ?? {})).toEqual([
    'extends',
    'shop',
    'rates',
    'auth',
    'list',
    'category',
    'work',
    'clients',
  ]);
});
