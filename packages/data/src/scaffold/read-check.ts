/** Conditions of a database as limits of one column, as far as they say so. */

/** What a condition says of a column. */
export interface ColumnLimit {
  readonly column: string;
  readonly min?: number;
  readonly max?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly values?: readonly string[];
}

export interface ReadCheck {
  readonly limits: readonly ColumnLimit[];
  /** Parts that say something else: whoever makes rows has to look at them. */
  readonly others: readonly string[];
}

const NAME = String.raw`[\`"\[]?([A-Za-z_][\w$]*)[\`"\]]?`;
const NUMBER = String.raw`'?(-?\d+(?:\.\d+)?)'?`;
const LENGTH = '(?:char_length|character_length|octet_length|length)';

const PATTERNS: readonly (readonly [RegExp, (found: readonly string[]) => ColumnLimit])[] = [
  [
    new RegExp(`^${NAME} between ${NUMBER} and ${NUMBER}$`, 'i'),
    ([column = '', min, max]) => ({ column, min: Number(min), max: Number(max) }),
  ],
  [
    new RegExp(`^${NAME} (>=|>|<=|<|=) ${NUMBER}$`),
    ([column = '', sign, number]) => bound(column, sign, Number(number)),
  ],
  [
    new RegExp(`^${NUMBER} (>=|>|<=|<) ${NAME}$`),
    ([number, sign = '', column = '']) => bound(column, TURNED[sign], Number(number)),
  ],
  [
    new RegExp(`^${LENGTH} ?\\( ?${NAME} ?\\) (>=|>|<=|<|=) ${NUMBER}$`, 'i'),
    ([column = '', sign, number]) => {
      const { min, max } = bound(column, sign, Number(number), 1);
      return {
        column,
        ...(min === undefined ? {} : { minLength: min }),
        ...(max === undefined ? {} : { maxLength: max }),
      };
    },
  ],
  [new RegExp(`^${NAME} (?:<>|!=) ''$`), ([column = '']) => ({ column, minLength: 1 })],
  [new RegExp(`^${NAME} is not null$`, 'i'), ([column = '']) => ({ column })],
  [new RegExp(`^${NAME} in ?\\((.+)\\)$`, 'i'), ([column = '', list = '']) => ({ column, values: listed(list) })],
  [
    new RegExp(`^${NAME} = any ?\\( ?\\(?array ?\\[(.+)\\]\\)?(?:\\[\\])? ?\\)$`, 'i'),
    ([column = '', list = '']) => ({ column, values: listed(list) }),
  ],
];

const TURNED: Readonly<Record<string, string>> = { '>': '<', '>=': '<=', '<': '>', '<=': '>=' };

export function readCheck(text: string): ReadCheck {
  const limits: ColumnLimit[] = [];
  const others: string[] = [];
  for (const part of partsOf(text)) {
    const plain = plainOf(part);
    let limit: ColumnLimit | undefined;
    for (const [pattern, read] of PATTERNS) {
      const found = pattern.exec(plain);
      if (found) limit ??= read(found.slice(1));
    }
    if (limit) limits.push(limit);
    else others.push(part);
  }
  return { limits, others };
}

/** Without casts and the parentheses that a database puts around things. */
function plainOf(text: string): string {
  const bare = text
    .replace(/::(?:[a-z_]+(?: varying| precision)?)(?:\(\d+(?:,\d+)?\))?(\[\])?/gi, '')
    .replace(/\s+/g, ' ')
    .replace(/\(\s*([`"]?[\w.$-]+[`"]?)\s*\)/g, (whole, inner, at: number, all: string) =>
      /\w$/.test(all.slice(0, at).trimEnd()) && !/\b(?:and|between|check)$/i.test(all.slice(0, at).trimEnd())
        ? whole
        : inner,
    )
    .replace(/\s*(>=|<=|<>|!=|(?<![<>!])=|>(?!=)|<(?![=>]))\s*/g, ' $1 ')
    .trim();
  return unwrapped(bare);
}

function unwrapped(text: string): string {
  let inner = text.trim();
  while (inner.startsWith('(') && closes(inner)) inner = inner.slice(1, -1).trim();
  return inner;
}

/** Whether the first parenthesis is closed by the last character. */
function closes(text: string): boolean {
  let depth = 0;
  for (const [index, sign] of [...text].entries()) {
    if (sign === '(') depth++;
    if (sign === ')' && --depth === 0) return index === text.length - 1;
  }
  return false;
}

/** What `and` joins, outside of parentheses, texts and `between`. */
function partsOf(text: string): readonly string[] {
  const whole = unwrapped(text);
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  let isQuoted = false;
  let between = false;
  for (let index = 0; index < whole.length; index++) {
    const sign = whole[index];
    if (sign === "'") isQuoted = !isQuoted;
    if (isQuoted) continue;
    if (sign === '(') depth++;
    if (sign === ')') depth--;
    if (depth > 0) continue;
    const rest = whole.slice(index);
    if (/^\sbetween\s/i.test(rest)) between = true;
    if (!/^\sand\s/i.test(rest)) continue;
    if (between) between = false;
    else {
      parts.push(whole.slice(start, index));
      start = index + 4;
    }
  }
  const all = [...parts, whole.slice(start)].map(part => part.trim());
  return all.length === 1 ? all : all.flatMap(partsOf);
}

/** @param step What "greater" is less than. */
function bound(column: string, sign = '', number = 0, step = 0): ColumnLimit {
  // Of a whole number, more than 0 is 1: who makes one rounds up, and of others a little more is right as well.
  const above = step === 0 ? number + smallest(number) : number + step;
  const below = step === 0 ? number - smallest(number) : number - step;
  if (sign === '>=') return { column, min: number };
  if (sign === '>') return { column, min: above };
  if (sign === '<=') return { column, max: number };
  if (sign === '<') return { column, max: below };
  return { column, min: number, max: number };
}

function smallest(number: number): number {
  return Number.isInteger(number) ? 1 : 0.01;
}

function listed(list: string): readonly string[] {
  return [...list.matchAll(/'((?:[^']|'')*)'|(-?\d+(?:\.\d+)?)/g)].map(([, text, number]) =>
    text === undefined ? (number ?? '') : text.replaceAll("''", "'"),
  );
}
