/** A JSON Schema as the model of a factory. Drafts 7 to 2020-12, as far as values can be made up from it. */
import { OptionError } from '@quality-hub/protocol';
import type { FactoryModel } from './model.ts';
import { type Field, type Recipe, styleFor } from './recipe.ts';

type Schema = Readonly<Record<string, unknown>>;

const FORMATS: Readonly<Record<string, Recipe>> = {
  uuid: { kind: 'uuid' },
  'date-time': { kind: 'text', style: 'letters', min: 0, max: 40 },
  email: { kind: 'text', style: 'email', min: 0, max: 120 },
  uri: { kind: 'text', style: 'url', min: 0, max: 200 },
};
const MOST = 10_000;
/** As deep as schemas that name themselves are followed. */
const DEEPEST = 6;

/** @throws {OptionError} (`QH_OPTION`) for what is no schema of an object. */
export function modelFromJsonSchema(schema: unknown, fallbackName: string): FactoryModel {
  const open: string[] = [];
  const root = schema as Schema;
  const recipe = recipeOf(root, { root, name: '', open, depth: 0 });
  if (recipe.kind !== 'object' || recipe.fields.length === 0)
    throw new OptionError('The JSON Schema', ['it describes no object with properties']);
  const title = typeof root['title'] === 'string' && root['title'] !== '' ? root['title'] : fallbackName;
  const key = recipe.fields.some(({ name }) => name === 'id') ? ['id'] : [recipe.fields[0]?.name ?? 'id'];
  return {
    name: title
      .replaceAll(/[^\w .-]/g, ' ')
      .trim()
      .toLowerCase(),
    fields: recipe.fields,
    made: recipe.fields.filter(({ name }) => name === 'id').map(({ name }) => name),
    key,
    parents: [],
    uniques: [],
    open: [...new Set(open)],
  };
}

interface Place {
  readonly root: Schema;
  readonly name: string;
  readonly open: string[];
  readonly depth: number;
}

function recipeOf(given: Schema, place: Place): Recipe {
  const schema = followed(given, place);
  const { open, name, depth } = place;
  for (const word of ['not', 'if', 'patternProperties', 'dependentRequired', 'multipleOf', 'uniqueItems'])
    if (schema[word] !== undefined) open.push(`${name || 'the whole'}: ${word}`);
  if ('const' in schema) return { kind: 'choice', values: [schema['const'] as string] };
  if (Array.isArray(schema['enum'])) return { kind: 'choice', values: schema['enum'] as string[] };
  const choice = schema['oneOf'] ?? schema['anyOf'];
  if (Array.isArray(choice) && choice.length > 0) {
    const others = choice.filter(one => (one as Schema)['type'] !== 'null');
    if (others.length > 1) open.push(`${name || 'the whole'}: the first of several shapes is taken`);
    return recipeOf({ ...schema, oneOf: undefined, anyOf: undefined, ...(others[0] as Schema) }, place);
  }
  const type: unknown =
    [schema['type']].flat().find(one => one !== 'null') ?? (schema['properties'] ? 'object' : undefined);
  switch (type) {
    case 'object':
      return depth > DEEPEST ? { kind: 'json' } : { kind: 'object', fields: fieldsOf(schema, place) };
    case 'array': {
      const min = numberIn(schema, 'minItems') ?? 0;
      const item = recipeOf((schema['items'] ?? {}) as Schema, { ...place, depth: depth + 1 });
      return {
        kind: 'list',
        item,
        min,
        max: Math.max(min, Math.min(numberIn(schema, 'maxItems') ?? min + 2, min + 10)),
      };
    }
    case 'integer':
    case 'number':
      return numberRecipe(schema, type);
    case 'boolean':
      return { kind: 'boolean' };
    case 'string':
      return textRecipe(schema, place);
    default:
      open.push(`${name || 'the whole'}: any value fits`);
      return { kind: 'json' };
  }
}

function numberRecipe(schema: Schema, type: 'integer' | 'number'): Recipe {
  const step = type === 'integer' ? 1 : 0.01;
  const above = numberIn(schema, 'exclusiveMinimum');
  const below = numberIn(schema, 'exclusiveMaximum');
  const lowest = numberIn(schema, 'minimum') ?? (above === undefined ? undefined : above + step);
  const highest = numberIn(schema, 'maximum') ?? (below === undefined ? undefined : below - step);
  const min = lowest ?? Math.min(0, (highest ?? 0) - (highest !== undefined && highest < 0 ? MOST : 0));
  const max = highest ?? min + MOST;
  return type === 'integer'
    ? { kind: 'integer', min: Math.ceil(min), max: Math.floor(max) }
    : { kind: 'decimal', min, max, scale: 2 };
}

function textRecipe(schema: Schema, { name }: Place): Recipe {
  const { pattern, format } = schema;
  if (typeof pattern === 'string') return { kind: 'pattern', pattern };
  if (format === 'date-time' || format === 'date' || format === 'time')
    return { kind: 'pattern', pattern: PATTERNS[format] };
  const known = typeof format === 'string' ? FORMATS[format] : undefined;
  if (known) return known;
  const min = numberIn(schema, 'minLength') ?? 0;
  return {
    kind: 'text',
    style: styleFor(name),
    min,
    max: Math.max(min, numberIn(schema, 'maxLength') ?? Math.max(60, min)),
  };
}

/** JSON has no dates: texts that are some. */
const PATTERNS = {
  'date-time': '202[0-5]-0[1-9]-[12][0-8]T[01][0-9]:[0-5][0-9]:[0-5][0-9]Z',
  date: '202[0-5]-0[1-9]-[12][0-8]',
  time: '[01][0-9]:[0-5][0-9]:[0-5][0-9]Z',
} as const;

function fieldsOf(schema: Schema, place: Place): readonly Field[] {
  const required = new Set(Array.isArray(schema['required']) ? (schema['required'] as string[]) : []);
  return Object.entries((schema['properties'] ?? {}) as Record<string, Schema>).map(([name, property]) => {
    const inner = followed(property, { ...place, name });
    const types = [inner['type']].flat();
    const shapes = [inner['oneOf'] ?? inner['anyOf'] ?? []].flat() as Schema[];
    return {
      name,
      recipe: recipeOf(property, { ...place, name, depth: place.depth + 1 }),
      nullable: types.includes('null') || shapes.some(one => one['type'] === 'null'),
      optional: !required.has(name),
      mayLack: !required.has(name),
      unique: false,
    };
  });
}

/** Through `$ref` inside of the file, with all parts of `allOf`. */
function followed(schema: Schema, { root, open, name }: Place): Schema {
  let found = schema;
  for (let steps = 0; typeof found['$ref'] === 'string' && steps < 20; steps++) {
    const ref = found['$ref'];
    const target = ref.startsWith('#') ? at(root, ref) : undefined;
    if (target === undefined) {
      open.push(`${name || 'the whole'}: ${ref} is not in this file`);
      return {};
    }
    const { $ref: _, ...beside } = found;
    found = { ...target, ...beside };
  }
  if (!Array.isArray(found['allOf'])) return found;
  const { allOf, ...own } = found;
  const parts = [own, ...(allOf as Schema[]).map(part => followed(part, { root, open, name, depth: 0 }))];
  return Object.assign({}, ...parts, {
    properties: Object.assign({}, ...parts.map(part => part['properties'])),
    required: parts.flatMap(part => (part['required'] as string[] | undefined) ?? []),
  });
}

/** @see RFC 6901 */
function at(root: Schema, pointer: string): Schema | undefined {
  const steps = decodeURIComponent(pointer.slice(1)).split('/').slice(1);
  return steps.reduce<Schema | undefined>(
    (inner, step) => inner?.[step.replaceAll('~1', '/').replaceAll('~0', '~')] as Schema | undefined,
    root,
  );
}

function numberIn(schema: Schema, word: string): number | undefined {
  return typeof schema[word] === 'number' ? schema[word] : undefined;
}
