/** Rows in any number, as a model describes them: seeded, in a stream, with its constraints kept. */
import type { Faker } from '@faker-js/faker';
import { QualityHubError } from '@quality-hub/protocol';
import type { FactoryModel } from './model.ts';
import { type Field, fakerPattern, type Recipe } from './recipe.ts';

/** How often a row is made anew where one like it is there already. */
const TRIES = 200;
/** How often what may be left out is. */
const LEFT_OUT = 0.1;

export type GeneratedRow = Readonly<Record<string, unknown>>;

/** Rows that keep the constraints cannot be made (`QH_DATA_ROWS`). */
export class RowsError extends QualityHubError {
  constructor(message: string, hint: string) {
    super(message, { code: 'QH_DATA_ROWS', hint });
  }
}

export interface RowsOptions {
  readonly faker: Faker;
  readonly count: number;
  /** Stands in texts that have to be unique: rows of two runs do not collide. */
  readonly mark: string;
  /** Keys of the rows of a model that others refer to, at least one of each that is needed. */
  readonly keysOf: (model: string) => readonly GeneratedRow[];
  /** Numbers that have to be unique begin above it. @default 0 */
  readonly above?: (field: string) => number;
  /** Rows that are there already, where no single field tells them apart. @default none */
  readonly taken?: (names: readonly string[]) => readonly GeneratedRow[];
  /** Fields that are made though their service would make them. @default none */
  readonly withMade?: boolean;
}

/** @throws {RowsError} (`QH_DATA_ROWS`) if a parent is missing, or there are not so many different rows. */
export function* makeRows(model: FactoryModel, options: RowsOptions): Generator<GeneratedRow> {
  const { count, faker } = options;
  const fields = model.fields.filter(({ name }) => options.withMade === true || !model.made.includes(name));
  const ofParent = new Set(model.parents.flatMap(parent => parent.fields));
  const sets = together(
    model,
    fields.map(({ name }) => name),
  ).map(names => {
    return { names, seen: new Set(options.taken?.(names).map(row => nameOf(row, names))) };
  });
  for (let index = 0; index < count; index++) {
    let row: Record<string, unknown> | undefined;
    for (let attempt = 0; row === undefined; attempt++) {
      if (attempt === TRIES) {
        throw new RowsError(
          `No ${index + 1} different rows of ${model.name} can be made: ${sets.map(({ names }) => names.join(', ')).join('; ')} must differ`,
          'Ask for fewer rows, or for more rows of its parents first',
        );
      }
      const made: Record<string, unknown> = {};
      for (const field of fields) if (!ofParent.has(field.name)) made[field.name] = valueFor(field, index, options);
      for (const parent of model.parents) {
        const keys = options.keysOf(parent.model);
        if (keys.length === 0 && !parent.optional) {
          throw new RowsError(
            `${model.name} needs rows of ${parent.model}, and there are none`,
            `Make them first: --table ${parent.model} --table ${model.name}`,
          );
        }
        const isLeftOut = keys.length === 0 || (parent.optional && faker.datatype.boolean(LEFT_OUT));
        const key = isLeftOut ? undefined : faker.helpers.arrayElement(keys);
        parent.fields.forEach((field, position) => {
          made[field] = key?.[parent.targets[position] ?? ''] ?? null;
        });
      }
      if (sets.every(({ names, seen }) => !seen.has(nameOf(made, names)))) row = made;
    }
    for (const { names, seen } of sets) if (names.every(name => row?.[name] !== null)) seen.add(nameOf(row, names));
    yield row;
  }
}

/** Fields that have to differ together and of which no single one does by itself. */
export function together(model: FactoryModel, fields: readonly string[]): readonly (readonly string[])[] {
  const numbered = new Set(
    model.fields.filter(field => field.unique && isNumbered(field.recipe)).map(({ name }) => name),
  );
  const ofParent = new Set(model.parents.flatMap(parent => parent.fields));
  return [model.key, ...model.uniques].filter(
    names =>
      names.every(name => fields.includes(name)) && !names.some(name => numbered.has(name) && !ofParent.has(name)),
  );
}

function nameOf(row: GeneratedRow, names: readonly string[]): string {
  return JSON.stringify(names.map(name => String(row[name] ?? null)));
}

function isNumbered(recipe: Recipe): boolean {
  return recipe.kind === 'integer' || recipe.kind === 'text' || recipe.kind === 'uuid';
}

function valueFor(field: Field, index: number, options: RowsOptions): unknown {
  const { faker, mark, above = () => 0 } = options;
  const { recipe, unique, name } = field;
  if (field.optional && !unique && faker.datatype.boolean(LEFT_OUT))
    return field.nullable ? null : madeUp(recipe, faker);
  if (unique && recipe.kind === 'integer') return Math.max(recipe.min, above(name) + 1) + index;
  if (!unique || recipe.kind !== 'text') return madeUp(recipe, faker);
  const number = index.toString(36);
  const long = recipe.style === 'email' ? `${mark}${number}@example.test` : `${mark}-${number}`;
  const value = [long, `${mark}${number}`, number.padStart(Math.min(recipe.max, 4), '0')].find(
    one => one.length <= recipe.max,
  );
  if (value === undefined)
    throw new RowsError(
      `${name} has room for ${recipe.max} characters, too few for so many different ones`,
      'Ask for fewer rows',
    );
  return value.padEnd(recipe.min, '0');
}

/** The same as its code in a factory file does. */
export function madeUp(recipe: Recipe, faker: Faker): unknown {
  switch (recipe.kind) {
    case 'integer':
      return faker.number.int({ min: recipe.min, max: recipe.max });
    case 'decimal':
      return faker.number.float({ min: recipe.min, max: recipe.max, fractionDigits: recipe.scale });
    case 'boolean':
      return faker.datatype.boolean();
    case 'uuid':
      return faker.string.uuid();
    case 'date':
      return faker.date.recent().toISOString().slice(0, 10);
    case 'timestamp':
      return faker.date.recent();
    case 'time':
      return faker.date.recent().toISOString().slice(11, 19);
    case 'json':
      return {};
    case 'binary':
      return Uint8Array.from({ length: recipe.bytes }, () => faker.number.int({ max: 255 }));
    case 'choice':
      return faker.helpers.arrayElement(recipe.values);
    case 'pattern':
      return textLike(recipe.pattern, faker);
    case 'text':
      return textOf(recipe.style, faker).padEnd(recipe.min, 'x').slice(0, recipe.max);
    case 'list':
      return faker.helpers.multiple(() => madeUp(recipe.item, faker), { count: { min: recipe.min, max: recipe.max } });
    case 'object':
      return Object.fromEntries(recipe.fields.map(field => [field.name, madeUp(field.recipe, faker)]));
  }
}

/** faker knows a part of the language of patterns: what it makes of the rest does not fit. */
function textLike(pattern: string, faker: Faker): string {
  const made = faker.helpers.fromRegExp(fakerPattern(pattern));
  if (new RegExp(pattern).test(made)) return made;
  throw new RowsError(`No text can be made for the pattern ${pattern}`, 'Make it simpler, or write a factory for it');
}

function textOf(style: (Recipe & { readonly kind: 'text' })['style'], faker: Faker): string {
  const { internet, person, phone, location, finance, company, commerce, color, lorem, string } = faker;
  switch (style) {
    case 'email':
      return internet.email();
    case 'firstName':
      return person.firstName();
    case 'lastName':
      return person.lastName();
    case 'fullName':
      return person.fullName();
    case 'phone':
      return phone.number();
    case 'street':
      return location.streetAddress();
    case 'city':
      return location.city();
    case 'zip':
      return location.zipCode();
    case 'country':
      return location.country();
    case 'countryCode':
      return location.countryCode();
    case 'currency':
      return finance.currencyCode();
    case 'company':
      return company.name();
    case 'product':
      return commerce.productName();
    case 'url':
      return internet.url();
    case 'color':
      return color.human();
    case 'sentence':
      return lorem.sentence();
    case 'words':
      return lorem.words(3);
    case 'letters':
      return string.alphanumeric(8);
  }
}
