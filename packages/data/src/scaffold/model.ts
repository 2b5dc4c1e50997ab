/** What a factory file is written from, whatever described it: a table or a JSON Schema. */
import { readCheck } from './read-check.ts';
import type { Field, Recipe } from './recipe.ts';
import { recipeFor } from './recipe.ts';
import type { Column, TableModel } from './table.ts';

export interface FactoryModel {
  /** As it is called in its database or schema. */
  readonly name: string;
  /** All that comes back. */
  readonly fields: readonly Field[];
  /** Names of fields that are not sent: their service makes them. */
  readonly made: readonly string[];
  readonly key: readonly string[];
  /** Fields that are those of a parent. */
  readonly parents: readonly Parent[];
  readonly uniques: readonly (readonly string[])[];
  /** What no recipe keeps, as a sentence each. */
  readonly open: readonly string[];
}

export interface Parent {
  /** Of the relation. */
  readonly name: string;
  /** Name of the parent's model. */
  readonly model: string;
  readonly fields: readonly string[];
  readonly targets: readonly string[];
  readonly optional: boolean;
}

export function modelOf(table: TableModel): FactoryModel {
  const checks = table.checks.map(readCheck);
  const limits = checks.flatMap(check => check.limits);
  const single = new Set(table.uniques.filter(({ length }) => length === 1).flat());
  if (table.key.length === 1) single.add(table.key[0] as string);
  const parents = table.references.map((reference): Parent => {
    const columns = table.columns.filter(({ name }) => reference.columns.includes(name));
    return {
      name: relationName(reference.columns, reference.table),
      model: reference.table,
      fields: reference.columns,
      targets: reference.targets,
      optional: columns.every(({ nullable }) => nullable),
    };
  });
  return {
    name: table.name,
    fields: table.columns.map(column => fieldOf(column, recipeFor(column, limits), single.has(column.name))),
    made: table.columns.filter(({ isGenerated }) => isGenerated).map(({ name }) => name),
    key: table.key.length > 0 ? table.key : table.columns.map(({ name }) => name),
    parents: parents.map((parent, index) =>
      parents.findIndex(({ name }) => name === parent.name) === index
        ? parent
        : { ...parent, name: `${parent.name}${index + 1}` },
    ),
    uniques: table.uniques,
    open: [
      ...checks.flatMap(({ others }) => others.map(text => `check ${text}`)),
      ...limits
        .filter(({ column }) => !table.columns.some(({ name }) => name.toLowerCase() === column.toLowerCase()))
        .map(({ column }) => `a check names ${column}, which is no column`),
      ...table.columns
        .filter(({ type }) => type === 'unknown')
        .map(({ name, told }) => `${name} is ${told || 'of no type'}`),
      ...(table.key.length > 0 ? [] : ['it has no primary key: all columns name a row']),
    ],
  };
}

function fieldOf(column: Column, recipe: Recipe, unique: boolean): Field {
  return {
    name: column.name,
    recipe,
    nullable: column.nullable,
    optional: column.nullable || column.hasDefault,
    unique,
  };
}

/** `buyer_id` leads to the buyer. */
function relationName([first = '']: readonly string[], table: string): string {
  const plain = first.replace(/_?id$/i, '');
  return camel(plain === '' ? table : plain);
}

/** `order_lines` as a name in code. */
export function camel(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter(word => word !== '');
  const joined = words
    .map((word, index) => (index === 0 ? lower(word) : word[0]?.toUpperCase() + word.slice(1)))
    .join('');
  const named = /^[A-Za-z_]/.test(joined) ? joined : `t${joined}`;
  return RESERVED.has(named) ? `${named}Record` : named;
}

function lower(word: string): string {
  return word === word.toUpperCase() ? word.toLowerCase() : (word[0]?.toLowerCase() ?? '') + word.slice(1);
}

/** Words that no constant may be called by. */
const RESERVED = new Set(
  'break case catch class const continue debugger default delete do else enum export extends false finally for function if import in instanceof let new null package private protected public return static super switch this throw true try typeof var void while with yield await z define belongsTo inTable faker data test'.split(
    ' ',
  ),
);
