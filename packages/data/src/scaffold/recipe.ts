/** How a value is made up: told once, written as code and done at once. */
import type { ColumnLimit } from './read-check.ts';
import type { Column } from './table.ts';

export type Recipe =
  | { readonly kind: 'integer'; readonly min: number; readonly max: number }
  | { readonly kind: 'decimal'; readonly min: number; readonly max: number; readonly scale: number }
  | { readonly kind: 'boolean' | 'uuid' | 'date' | 'timestamp' | 'time' | 'json' }
  | { readonly kind: 'choice'; readonly values: readonly (string | number | boolean | null)[] }
  | { readonly kind: 'binary'; readonly bytes: number }
  | { readonly kind: 'text'; readonly style: TextStyle; readonly min: number; readonly max: number }
  | { readonly kind: 'pattern'; readonly pattern: string }
  | { readonly kind: 'list'; readonly item: Recipe; readonly min: number; readonly max: number }
  | { readonly kind: 'object'; readonly fields: readonly Field[] };

export interface Field {
  readonly name: string;
  readonly recipe: Recipe;
  readonly nullable: boolean;
  /** Need not be given. */
  readonly optional: boolean;
  /** A record need not have it: no column is so. @default false */
  readonly mayLack?: boolean;
  /** No two records have the same. */
  readonly unique: boolean;
}

/** Calls of faker, by what names of fields mean. */
export const STYLES = {
  email: 'faker.internet.email()',
  firstName: 'faker.person.firstName()',
  lastName: 'faker.person.lastName()',
  fullName: 'faker.person.fullName()',
  phone: 'faker.phone.number()',
  street: 'faker.location.streetAddress()',
  city: 'faker.location.city()',
  zip: 'faker.location.zipCode()',
  country: 'faker.location.country()',
  countryCode: 'faker.location.countryCode()',
  currency: 'faker.finance.currencyCode()',
  company: 'faker.company.name()',
  product: 'faker.commerce.productName()',
  url: 'faker.internet.url()',
  color: 'faker.color.human()',
  sentence: 'faker.lorem.sentence()',
  words: 'faker.lorem.words(3)',
  letters: 'faker.string.alphanumeric(8)',
} as const;

export type TextStyle = keyof typeof STYLES;

const MEANINGS: readonly (readonly [RegExp, TextStyle])[] = [
  [/e_?mail/, 'email'],
  [/(first|given)_?name/, 'firstName'],
  [/(last|family|sur)_?name/, 'lastName'],
  [/phone|mobile/, 'phone'],
  [/street|address/, 'street'],
  [/city|town/, 'city'],
  [/zip|post(al)?_?code/, 'zip'],
  [/country_?code/, 'countryCode'],
  [/country/, 'country'],
  [/currency/, 'currency'],
  [/company|firm|vendor|supplier/, 'company'],
  [/product|item_?name/, 'product'],
  [/url|link|website|homepage/, 'url'],
  [/colou?r/, 'color'],
  [/sku|code|number|reference|token|slug|key/, 'letters'],
  [/description|comment|note|text|body|message|summary/, 'sentence'],
  [/full_?name|customer|buyer|user_?name|^name$|owner|author|person/, 'fullName'],
];

/** Integers that nothing limits are small: prices and counts, not all that fits. */
const USUAL_MAX = 10_000;
const USUAL_TEXT = 60;

/** A pattern as faker makes texts of: without anchors, and with ranges for the classes it does not know. */
export function fakerPattern(pattern: string): string {
  return pattern
    .replace(/^\^/, '')
    .replace(/(?<!\\)\$$/, '')
    .replace(/\[(?:\\.|[^\]])*\]|\\[dws]/g, part =>
      part.startsWith('[')
        ? part.replaceAll('\\d', '0-9').replaceAll('\\w', 'a-zA-Z0-9_')
        : ({ '\\d': '[0-9]', '\\w': '[a-zA-Z0-9_]', '\\s': ' ' }[part] ?? part),
    );
}

export function styleFor(name: string): TextStyle {
  const plain = name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
  return MEANINGS.find(([pattern]) => pattern.test(plain))?.[1] ?? 'words';
}

/** What its type, its name and the conditions on it make of a column. */
export function recipeFor(column: Column, limits: readonly ColumnLimit[]): Recipe {
  const own = limits.filter(limit => limit.column.toLowerCase() === column.name.toLowerCase());
  const values = own.find(limit => limit.values)?.values ?? column.values;
  if (values) return { kind: 'choice', values: column.type === 'integer' ? values.map(Number) : values };
  const least = (key: 'min' | 'minLength', from: number): number =>
    Math.max(from, ...own.flatMap(limit => limit[key] ?? []));
  const most = (key: 'max' | 'maxLength', to: number): number =>
    Math.min(to, ...own.flatMap(limit => limit[key] ?? []));
  switch (column.type) {
    case 'integer': {
      const min = least('min', Math.max(column.min ?? 0, 0));
      return {
        kind: 'integer',
        min: negative(own, min),
        max: Math.max(min, most('max', Math.min(column.max ?? USUAL_MAX, min + USUAL_MAX))),
      };
    }
    case 'decimal':
    case 'float': {
      const min = least('min', 0);
      const max = Math.max(min, most('max', Math.min(column.max ?? USUAL_MAX, min + USUAL_MAX)));
      return {
        kind: 'decimal',
        min: negative(own, min),
        max,
        scale: column.type === 'float' ? 4 : (column.scale ?? 2),
      };
    }
    case 'text':
      return {
        kind: 'text',
        style: styleFor(column.name),
        min: least('minLength', 0),
        max: most('maxLength', Math.min(column.length ?? USUAL_TEXT, 4_000)),
      };
    case 'binary':
      return { kind: 'binary', bytes: Math.min(column.length ?? 16, 16) };
    case 'unknown':
      return { kind: 'json' };
    default:
      return { kind: column.type };
  }
}

/** Where a condition allows nothing from 0 on. */
function negative(own: readonly ColumnLimit[], min: number): number {
  const top = Math.min(...own.flatMap(limit => limit.max ?? []), Number.POSITIVE_INFINITY);
  return top < min ? (own.find(limit => limit.min !== undefined)?.min ?? top - USUAL_MAX) : min;
}
