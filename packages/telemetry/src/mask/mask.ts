/** Replaces secret values in anything that leaves a process. */
import { encodedBytes } from './encoded-forms.ts';
import { environmentSecrets } from './environment-secrets.ts';
import { createMaskStream, type MaskStream } from './mask-stream.ts';
import { isSecretField, isSecretKey } from './secret-names.ts';
import { type Span, ValueSearch } from './value-search.ts';

/** What stands where a secret stood. */
export const MASKED = '[masked]';

const DEEPEST = 12;

/** Told by its surroundings: `Bearer …`, the password of a URL, `?token=…`, `"password": "…"`, `token: '…'`, `authorization: …`. */
const BY_SHAPE: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/g, `$1 ${MASKED}`],
  [/(\b[a-z][\w+.-]{1,20}:\/\/[^\s/:@"'<>]{0,200}:)[^\s/@"'<>]{1,400}@/gi, `$1${MASKED}@`],
];
const PAIR_IN_QUERY = /([?&;])([\w.-]{2,40})=([^&#;\s"'<>]{1,4096})/g;
const PAIR_IN_JSON = /(\\?["'])([\w-]{2,40})\1(\s*:\s*)(\\?["'])((?:(?!\4)[^\n]){1,8192}?)\4/g;
const PAIR_IN_CODE = /(?<![\w"'$-])([A-Za-z][\w-]{1,39})(\s*[:=]\s*)(["'`])((?:(?!\3)[^\n]){1,8192}?)\3/g;
const HEADER_LINE = /\b((?:proxy-)?authorization|(?:set-)?cookie|x-api-key)(\s*:\s*)([^\s"'[][^\n"']{0,8192})/gi;
/**
 * Where one of the shapes may be. It goes from sign to sign and looks back from there, which is far quicker than to look for
 * the words: hardly any text is without `pass` or `key`, and few of them stand before a sign.
 */
const SIGN =
  /[:=](?<=(?:pass(?:word|wd|phrase|code)?|pwd|secret|token|jwt|key|credentials?|authorization|cookie|session[-_]?id|dsn|connection[-_]?string)s?\\?["']?\s*[:=])|@(?<=:\/\/[^\s/@]{1,601}@)|\b(?:bearer|basic)\s/gi;

/** Fewer characters, or fewer different ones, would be found everywhere. */
const SHORTEST = 6;
const LEAST_DIFFERENT = 4;
/** A string of data that is as long may have been cut off there. */
const CUT_FROM = 100;
const CUT_MARK = /(?:…|\.\.\.)$/;

export interface MaskOptions {
  /** Values to replace, see {@link isMaskable}. */
  readonly values?: Iterable<string>;
  /** Environment to take secret-looking values from. @default none */
  readonly env?: NodeJS.ProcessEnv;
}

export interface Mask {
  /** `text` without secrets; the same string when there was none. */
  text(text: string): string;
  /** A copy-on-write over plain data: strings are masked, and values of keys such as `password` replaced. */
  deep<T>(value: T): T;
  /** Without the values, and no more: for files that must mean the same afterwards, such as a page that was recorded. */
  values(text: string): string;
  /** Where values stand in a text of bytes: a character for each byte of the file, whatever the file is. */
  find(bytes: string): readonly Span[];
  /** For a text that comes in pieces. Values may be added while it runs. */
  stream(options?: StreamOptions): MaskStream;
  /** Those that are not {@link isMaskable} are left out. */
  add(values: Iterable<string>): void;
  /** How many values are searched for, their encoded forms left out. */
  readonly size: number;
}

export interface StreamOptions {
  /** False: only the values, as {@link Mask.values}. @default true */
  readonly shapes?: boolean;
  /** True: a character stands for a byte, as for {@link Mask.find}; without shapes. @default false */
  readonly bytes?: boolean;
}

/**
 * Whether a value can be looked for in texts: at least 6 characters, 4 different ones among them. A shorter or plainer one
 * would make reports unreadable; it is masked only where its key says what it is.
 */
export function isMaskable(value: string): boolean {
  return value.length >= SHORTEST && new Set(value).size >= LEAST_DIFFERENT && !MASKED.includes(value);
}

/** Makes a mask. Masking is idempotent, and a mask of no values still masks by shape and by key. */
export function createMask({ values = [], env }: MaskOptions = {}): Mask {
  const known = new Set<string>();
  let search: ValueSearch | undefined;
  let byteSearch: ValueSearch | undefined;
  const searched = (): ValueSearch => {
    search ??= new ValueSearch(known);
    return search;
  };
  // Of plain values both are the same.
  const searchedBytes = (): ValueSearch => {
    byteSearch ??= [...known].every(isPlainText) ? searched() : new ValueSearch(known, encodedBytes);
    return byteSearch;
  };

  const add = (more: Iterable<string>): void => {
    const before = known.size;
    for (const value of more) if (isMaskable(value)) known.add(value);
    if (known.size === before) return;
    search = undefined;
    byteSearch = undefined;
  };

  const withoutValues = (input: string): string => {
    if (known.size === 0) return input;
    const { spans } = searched().find(input);
    let output = '';
    let from = 0;
    for (const { start, end } of spans) {
      output += input.slice(from, start) + MASKED;
      from = end;
    }
    return from === 0 ? input : output + input.slice(from);
  };
  /** The last characters may be the beginning of a value that somebody has cut off. */
  const withoutCutValue = (input: string): string => {
    const mark = CUT_MARK.exec(input);
    if (known.size === 0 || (mark === null && input.length < CUT_FROM)) return input;
    const body = mark === null ? input : input.slice(0, mark.index);
    const cut = searched().cutEnd(body);
    return cut === body.length ? input : body.slice(0, cut) + MASKED + (mark?.[0] ?? '');
  };
  const text = (input: string): string => {
    const masked = withoutValues(input);
    return maskShapes(CUT_MARK.test(masked) ? withoutCutValue(masked) : masked);
  };

  const deep = <T>(value: T, depth = 0): T => {
    if (typeof value === 'string') return maskShapes(withoutCutValue(withoutValues(value))) as T;
    if (typeof value !== 'object' || value === null || depth > DEEPEST) return value;
    if (Array.isArray(value)) return copyOnWrite(value, item => deep(item, depth + 1));
    if (!isPlain(value)) return value;
    const secretValue = fillsSecretField(value as Record<string, unknown>);
    return copyOnWrite(value, (item, key) => {
      const secret = typeof item === 'string' && item !== '' && (isSecretKey(key) || (secretValue && key === 'value'));
      return secret ? MASKED : deep(item, depth + 1);
    });
  };

  add(values);
  if (env) add(environmentSecrets(env));
  return {
    text,
    deep: value => deep(value),
    values: withoutValues,
    find: bytes => (known.size === 0 ? [] : searchedBytes().find(bytes).spans),
    stream: ({ shapes = true, bytes = false } = {}) =>
      bytes
        ? createMaskStream(searchedBytes, { masked: MASKED })
        : createMaskStream(searched, { masked: MASKED, ...(shapes ? { finish: maskShapes } : {}) }),
    add,
    get size() {
      return known.size;
    },
  };
}

/** Only lines with a sign are looked at in full, and the lines around it where a shape goes on over their end. */
function maskShapes(text: string): string {
  let output = '';
  let from = 0;
  for (const { index } of text.matchAll(SIGN)) {
    if (index < from) continue;
    const start = Math.max(from, lineStart(text, index));
    const end = lineEnd(text, index);
    output += text.slice(from, start) + maskLine(text.slice(start, end));
    from = end;
  }
  return from === 0 ? text : output + text.slice(from);
}

/** A sign may stand on a line of its own, below its key. */
function lineStart(text: string, at: number): number {
  let key = at;
  while (key > 0 && /\s/.test(text.charAt(key - 1))) key--;
  return text.lastIndexOf('\n', key - 1) + 1;
}

/** A value may stand below its sign, or its scheme, also after empty lines. */
const GOES_ON = /(?:[:=]|^|\b(?:bearer|basic))\s*$/i;

function lineEnd(text: string, at: number): number {
  for (let from = at; ; ) {
    const end = text.indexOf('\n', from);
    if (end === -1) return text.length;
    if (!GOES_ON.test(text.slice(from, end))) return end;
    from = end + 1;
  }
}

function maskLine(line: string): string {
  let output = line;
  for (const [shape, replacement] of BY_SHAPE) output = output.replace(shape, replacement);
  output = output.replace(HEADER_LINE, (all, name: string, gap: string, value: string) =>
    value.startsWith(MASKED) || /^(?:Bearer|Basic) \[masked\]/.test(value) ? all : `${name}${gap}${MASKED}`,
  );
  output = output.replace(PAIR_IN_QUERY, (all, before: string, key: string) =>
    isSecretKey(key) ? `${before}${key}=${MASKED}` : all,
  );
  output = output.replace(PAIR_IN_CODE, (all, key: string, sign: string, quote: string, value: string) =>
    isSecretKey(key) && value !== MASKED ? `${key}${sign}${quote}${MASKED}${quote}` : all,
  );
  return output.replace(PAIR_IN_JSON, (all, quote: string, key: string, colon: string, open: string) =>
    isSecretKey(key) ? `${quote}${key}${quote}${colon}${open}${MASKED}${open}` : all,
  );
}

/** Parameters of a step that types into a password field: `{ value, locator }`. */
function fillsSecretField(params: Record<string, unknown>): boolean {
  if (typeof params.value !== 'string') return false;
  const field = params.locator ?? params.selector;
  return typeof field === 'string' && isSecretField(field);
}

function isPlainText(value: string): boolean {
  return Buffer.byteLength(value) === value.length;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function copyOnWrite<T extends object>(source: T, change: (item: unknown, key: string) => unknown): T {
  let copy: Record<string, unknown> | undefined;
  for (const [key, item] of Object.entries(source)) {
    const changed = change(item, key);
    if (changed === item) continue;
    copy ??= (Array.isArray(source) ? [...source] : { ...source }) as unknown as Record<string, unknown>;
    copy[key] = changed;
  }
  return (copy ?? source) as T;
}
