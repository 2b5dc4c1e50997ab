/** Recipes as the code of a factory. */
import type { Field, Recipe } from './recipe.ts';
import { fakerPattern, STYLES } from './recipe.ts';

/** What is sent: plain types. */
export function sentCode(field: Field): string {
  return `${zodCode(field.recipe, false)}${field.nullable ? '.nullable()' : ''}${field.optional ? '.optional()' : ''}`;
}

/** What comes back: drivers give numbers as texts, and dates as either. */
export function recordCode(field: Field): string {
  const code = zodCode(field.recipe, true);
  const lack = field.mayLack === true ? '.optional()' : '';
  if (!field.nullable) return `${code}${lack}`;
  // What coerces makes 0 of null.
  const nullable = code.includes('coerce')
    ? `z.preprocess(value => value ?? null, ${code}.nullable())`
    : `${code}.nullable()`;
  return `${nullable}${lack}`;
}

function zodCode(recipe: Recipe, isRecord: boolean): string {
  const coerce = isRecord ? '.coerce' : '';
  switch (recipe.kind) {
    case 'integer':
      return isRecord ? 'z.coerce.number()' : `z.int().min(${recipe.min}).max(${recipe.max})`;
    case 'decimal':
      return isRecord ? 'z.coerce.number()' : `z.number().min(${recipe.min}).max(${recipe.max})`;
    case 'boolean':
      return `z${coerce}.boolean()`;
    case 'uuid':
      return isRecord ? 'z.string()' : 'z.uuid()';
    case 'date':
    case 'timestamp':
      return `z${coerce}.date()`;
    case 'time':
      return 'z.string()';
    case 'json':
      return 'z.unknown()';
    case 'binary':
      return 'z.instanceof(Uint8Array)';
    case 'choice':
      return choiceCode(recipe.values);
    case 'pattern':
      return `z.string().regex(${regexCode(recipe.pattern)})`;
    case 'text': {
      const min = recipe.min > 0 ? `.min(${recipe.min})` : '';
      return isRecord ? 'z.string()' : `z.string()${min}.max(${recipe.max})`;
    }
    case 'list':
      return `z.array(${zodCode(recipe.item, isRecord)}).min(${recipe.min}).max(${recipe.max})`;
    case 'object':
      return `z.object({ ${recipe.fields.map(field => `${nameCode(field.name)}: ${isRecord ? recordCode(field) : sentCode(field)}`).join(', ')} })`;
  }
}

function choiceCode(values: readonly (string | number | boolean | null)[]): string {
  if (values.every(value => typeof value === 'string')) return `z.enum([${values.map(text).join(', ')}])`;
  return `z.literal([${values.map(value => (typeof value === 'string' ? text(value) : String(value))).join(', ')}])`;
}

/** @param unique The value has to be unlike all others. */
export function buildCode({ recipe, unique, name }: Field): string {
  switch (recipe.kind) {
    case 'integer':
      return unique ? 'uniqueNumber()' : `faker.number.int({ min: ${recipe.min}, max: ${recipe.max} })`;
    case 'decimal':
      return `faker.number.float({ min: ${recipe.min}, max: ${recipe.max}, fractionDigits: ${recipe.scale} })`;
    case 'boolean':
      return 'faker.datatype.boolean()';
    case 'uuid':
      return 'faker.string.uuid()';
    case 'date':
      return 'new Date(faker.date.recent().toISOString().slice(0, 10))';
    case 'timestamp':
      return 'faker.date.recent()';
    case 'time':
      return 'faker.date.recent().toISOString().slice(11, 19)';
    case 'json':
      return '{}';
    case 'binary':
      return `Uint8Array.from({ length: ${recipe.bytes} }, () => faker.number.int({ max: 255 }))`;
    case 'choice':
      return recipe.values.length === 1
        ? codeOf(recipe.values[0] ?? null)
        : `faker.helpers.arrayElement([${recipe.values.map(codeOf).join(', ')}])`;
    case 'pattern':
      return `faker.helpers.fromRegExp(${regexCode(fakerPattern(recipe.pattern))})`;
    case 'text':
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is code that is written.
      if (unique) return recipe.style === 'email' ? "`${unique('mail')}@example.test`" : 'unique()';
      return fitted(STYLES[recipe.style], recipe.min, recipe.max);
    case 'list':
      return `faker.helpers.multiple(() => (${buildCode({ name, recipe: recipe.item, unique: false, nullable: false, optional: false })}), { count: { min: ${recipe.min}, max: ${recipe.max} } })`;
    case 'object':
      return `{ ${recipe.fields
        .filter(({ optional }) => !optional)
        .map(field => `${nameCode(field.name)}: ${buildCode(field)}`)
        .join(', ')} }`;
  }
}

function fitted(call: string, min: number, max: number): string {
  const least = min > 3 ? `.padEnd(${min}, 'x')` : '';
  return max < 60 ? `${call}${least}.slice(0, ${max})` : `${call}${least}`;
}

export function nameCode(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : text(name);
}

/** As a literal in single quotes. */
export function text(value: string): string {
  return `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

function codeOf(value: string | number | boolean | null): string {
  return typeof value === 'string' ? text(value) : String(value);
}

function regexCode(pattern: string): string {
  return String(new RegExp(pattern));
}
