/** The source of a file of factories: a start, for people to go on with. */
import { camel, type FactoryModel, type Parent } from './model.ts';
import type { Field } from './recipe.ts';
import { buildCode, nameCode, recordCode, sentCode, text } from './recipe-code.ts';

export interface FactoryFileOptions {
  /** Name of the database in the configuration; without one, factories build and do not create. */
  readonly database?: string;
}

/** Parents come first: a file can only name what stands above. */
export function factoryFile(models: readonly FactoryModel[], { database }: FactoryFileOptions = {}): string {
  const defined = new Set<string>();
  const bodies = models.map(model => {
    const code = factoryCode(model, defined, database);
    defined.add(model.name);
    return code;
  });
  const words = [
    'define',
    ...(bodies.some(body => body.includes('belongsTo(')) ? ['belongsTo'] : []),
    ...(database === undefined ? [] : ['inTable']),
  ];
  const names = words.sort().join(', ');
  return `/** A start for factories of test data, written by \`quality-hub data scaffold\`. Change it: it is yours. */
import { ${names} } from '@quality-hub/test/data';
import { z } from 'zod';

${bodies.join('\n')}`;
}

function factoryCode(model: FactoryModel, defined: ReadonlySet<string>, database: string | undefined): string {
  const { name, fields, made, key, parents, open } = model;
  // One that stands below, as in a circle, is left out: it may be there later.
  const kept = parents.filter(parent => defined.has(parent.model) || !parent.optional);
  const ofParent = new Map(
    kept.flatMap(parent =>
      parent.fields.map((field, index) => [field, [parent, parent.targets[index] ?? 'id']] as const),
    ),
  );
  const sent = fields.filter(field => !made.includes(field.name));
  const built = sent.filter(field => ofParent.has(field.name) || !field.optional);
  const uses = usedWords(built.filter(field => !ofParent.has(field.name)).map(buildCode), kept.length > 0);
  const lines = [
    ...open.map(one => `// Not kept here: ${one.replaceAll(/\s+/g, ' ')}`),
    `export const ${camel(name)} = define(${text(name)}, {`,
    '  schema: z.object({',
    ...fields.map(field => `    ${nameCode(field.name)}: ${recordCode(field)},`),
    '  }),',
    '  input: z.object({',
    ...sent.map(
      field =>
        `    ${nameCode(field.name)}: ${ofParent.has(field.name) ? parentCode(sentCode(field), ofParent.get(field.name)?.[0]) : sentCode(field)},`,
    ),
    '  }),',
    `  key: ${key.length === 1 ? text(key[0] as string) : `[${key.map(text).join(', ')}]`},`,
    ...(kept.length === 0
      ? []
      : [
          '  relations: {',
          ...kept.map(
            parent =>
              `    ${parent.name}: belongsTo(${targetCode(parent, defined)}${parent.optional ? ', { optional: true }' : ''}),`,
          ),
          '  },',
        ]),
    `  build: (${uses === '' ? '' : `{ ${uses} }`}) => ({`,
    ...built.map(field => `    ${nameCode(field.name)}: ${valueCode(field.name, ofParent) ?? buildCode(field)},`),
    '  }),',
    ...(database === undefined ? [] : [`  ...inTable(${text(database)}, ${text(name)}${tableOptions(model, built)}),`]),
    '});',
    '',
  ];
  return lines.join('\n');
}

function valueCode(field: string, ofParent: ReadonlyMap<string, readonly [Parent, string]>): string | undefined {
  const found = ofParent.get(field);
  if (found === undefined) return undefined;
  const [parent, target] = found;
  const access = /^[A-Za-z_$][\w$]*$/.test(target)
    ? `${parent.optional ? '?' : ''}.${target}`
    : `${parent.optional ? '?.' : ''}[${text(target)}]`;
  return `related.${parent.name}${access}`;
}

/** The key of a parent may be anything that the parent's schema has. */
function parentCode(code: string, parent: Parent | undefined): string {
  const plain = code.replace(/\.(?:min|max)\(-?[\d.e+]+\)/g, '');
  return parent?.optional === true && !plain.endsWith('.optional()') ? `${plain}.optional()` : plain;
}

function targetCode({ model }: Parent, defined: ReadonlySet<string>): string {
  return defined.has(model) ? camel(model) : text(model);
}

function usedWords(codes: readonly string[], hasParents: boolean): string {
  const all = codes.join('\n');
  return [
    ...(/\bfaker\./.test(all) ? ['faker'] : []),
    ...(hasParents ? ['related'] : []),
    ...(/\bunique\(/.test(all) ? ['unique'] : []),
    ...(/\buniqueNumber\(/.test(all) ? ['uniqueNumber'] : []),
  ].join(', ');
}

/** How a row is named, and what finds one whose answer got lost: a value that is unlike all others. */
function tableOptions({ key }: FactoryModel, built: readonly Field[]): string {
  const own = built.find(({ unique, recipe }) => unique && (recipe.kind === 'text' || recipe.kind === 'integer'));
  const options = [
    ...(key.length === 1 && key[0] === 'id' ? [] : [`key: [${key.map(text).join(', ')}]`]),
    ...(own === undefined ? [] : [`findBy: [${text(own.name)}]`]),
  ];
  return options.length === 0 ? '' : `, { ${options.join(', ')} }`;
}
