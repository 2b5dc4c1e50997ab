/** What a schema knows of a place: which names there are, and which kinds of values. Read from its JSON Schema. */
import type { ConfigPath } from '../config-path.ts';
import type { StandardSchema } from './standard-schema.ts';

export interface SchemaNode {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: boolean | SchemaNode;
  readonly required?: readonly string[];
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
  readonly allOf?: readonly SchemaNode[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, SchemaNode>>;
  readonly [word: string]: unknown;
}

/** The JSON Schema of what goes into `schema`; undefined where it cannot tell. */
export async function schemaNodeOf(schema: StandardSchema | object): Promise<SchemaNode | undefined> {
  try {
    // Ours knows how to leave out what JSON has no word for, and reads the schemas of any copy of zod 4.
    if ('_zod' in schema) {
      const { toJSONSchema } = await import('zod');
      return toJSONSchema(schema as never, { io: 'input', unrepresentable: 'any' }) as SchemaNode;
    }
    const standard = (schema as Partial<StandardSchema>)['~standard'];
    return standard?.jsonSchema?.input({ target: 'draft-2020-12' }) as SchemaNode | undefined;
  } catch {
    return undefined;
  }
}

/** All nodes that describe a place: one, or one of each member of a union that has it. */
export function nodesAt(root: SchemaNode, path: ConfigPath): readonly SchemaNode[] {
  let nodes = membersOf(root, root);
  for (const key of path) {
    const children = nodes.map(node => childOf(node, key)).filter(child => child !== undefined);
    nodes = children.flatMap(child => membersOf(child, root));
  }
  return nodes;
}

/** The names that a place has, and whether it takes others. Undefined where nothing is known of it. */
export function namesAt(root: SchemaNode, path: ConfigPath): { names: readonly string[]; open: boolean } | undefined {
  const nodes = nodesAt(root, path).filter(
    ({ properties, additionalProperties }) => properties ?? additionalProperties,
  );
  if (nodes.length === 0) return undefined;
  return {
    names: [...new Set(nodes.flatMap(({ properties }) => Object.keys(properties ?? {})))],
    // Left out, what is not named is dropped or refused; `true` and a schema take it.
    open: nodes.some(
      ({ additionalProperties }) => additionalProperties !== undefined && additionalProperties !== false,
    ),
  };
}

/** `string`, `number`, `boolean`, `object`, `array`, `null`: the kinds of values that a place takes. */
export function kindsAt(root: SchemaNode, path: ConfigPath): ReadonlySet<string> {
  return new Set(
    nodesAt(root, path).flatMap(({ type, enum: values, const: value }) => {
      if (type !== undefined) return [type].flat().map(kind => (kind === 'integer' ? 'number' : kind));
      return (values ?? (value === undefined ? [] : [value])).map(one => (one === null ? 'null' : typeof one));
    }),
  );
}

function childOf({ properties, additionalProperties, items }: SchemaNode, key: PropertyKey): SchemaNode | undefined {
  if (typeof key === 'number') return items as SchemaNode | undefined;
  if (properties && Object.hasOwn(properties, key)) return properties[String(key)];
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}

function membersOf(node: SchemaNode, root: SchemaNode, depth = 0): readonly SchemaNode[] {
  const { $ref, anyOf, oneOf, allOf } = node;
  if (depth > 16) return [];
  if ($ref !== undefined) {
    const target = $ref === '#' ? root : root.$defs?.[$ref.replace('#/$defs/', '')];
    return target === undefined ? [] : membersOf(target, root, depth + 1);
  }
  const members = anyOf ?? oneOf ?? allOf;
  return members === undefined ? [node] : members.flatMap(member => membersOf(member, root, depth + 1));
}
