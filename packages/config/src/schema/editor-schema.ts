/** The JSON Schema of a whole configuration file, for editors: names are completed, and mistakes seen while they are made. */
import type { SchemaNode } from './schema-node.ts';

const TEXT: SchemaNode = { type: 'string' };

/**
 * @param sections The schemas of the sections.
 * @param values That of the suite's own values, where it has one.
 */
export function editorSchema(
  sections: Readonly<Record<string, SchemaNode>>,
  values: SchemaNode | undefined,
): Readonly<Record<string, unknown>> {
  const defs: Record<string, SchemaNode> = {};
  const whole = Object.fromEntries(Object.entries(sections).map(([name, node]) => [name, hoisted(name, node, defs)]));
  const own = values === undefined ? { type: 'object' } : hoisted('values', values, defs);
  const { properties: ownProperties = {} } = own as SchemaNode;
  const partly = Object.fromEntries(
    Object.entries({ ...ownProperties, ...whole }).map(([name, node]) => [name, optional(node)]),
  );
  const environment: SchemaNode = {
    type: 'object',
    properties: { extends: { anyOf: [TEXT, { type: 'array', items: TEXT }] }, ...partly },
    ...(values === undefined ? {} : { additionalProperties: false }),
  };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Configuration of Quality Hub',
    type: 'object',
    properties: {
      $schema: TEXT,
      version: { type: 'integer', minimum: 1 },
      environment: TEXT,
      values: optional(own as SchemaNode),
      environments: { type: 'object', additionalProperties: environment },
      ...whole,
    },
    additionalProperties: false,
    ...(Object.keys(defs).length === 0 ? {} : { $defs: defs }),
  };
}

/** References lead into the schema they are of: their targets move to the one place that the whole has for them. */
function hoisted(name: string, node: SchemaNode, defs: Record<string, SchemaNode>): SchemaNode {
  const { $defs = {}, $schema: _, ...rest } = node;
  const to = (ref: string): string => (ref === '#' ? `#/$defs/${name}` : ref.replace('#/$defs/', `#/$defs/${name}.`));
  const moved = (inner: unknown): unknown => {
    if (Array.isArray(inner)) return inner.map(moved);
    if (typeof inner !== 'object' || inner === null) return inner;
    return Object.fromEntries(
      Object.entries(inner).map(([key, value]) => [
        key,
        key === '$ref' && typeof value === 'string' ? to(value) : moved(value),
      ]),
    );
  };
  for (const [inner, definition] of Object.entries($defs)) defs[`${name}.${inner}`] = moved(definition) as SchemaNode;
  const whole = moved(rest) as SchemaNode;
  if (JSON.stringify(rest).includes('"$ref":"#"')) defs[name] = whole;
  return whole;
}

/** Nothing has to be there: a file may say a part, and another layer the rest. */
function optional(node: SchemaNode): SchemaNode {
  const { required: _, properties, additionalProperties, ...rest } = node;
  return {
    ...rest,
    ...(properties === undefined
      ? {}
      : { properties: Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, optional(inner)])) }),
    ...(additionalProperties === undefined
      ? {}
      : {
          additionalProperties:
            typeof additionalProperties === 'object' ? optional(additionalProperties) : additionalProperties,
        }),
  };
}
