/** Replaces secret values in anything that leaves a process. */
import { environmentSecrets } from './environment-secrets.ts';
import { isSecretField, isSecretKey } from './secret-names.ts';

/** What stands where a secret stood. */
export const MASKED = '[masked]';

const DEEPEST = 12;

/** `Bearer …`, `Basic …`, the password of a URL, `?token=…`, `"password": "…"`, `authorization: …`: told by their surroundings. */
const BY_SHAPE: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/g, `$1 ${MASKED}`],
  [/(\b[a-z][\w+.-]{1,20}:\/\/[^\s/:@"'<>]{0,200}:)[^\s/@"'<>]{1,400}@/gi, `$1${MASKED}@`],
];
const PAIR_IN_QUERY = /([?&;])([\w.-]{2,40})=([^&#;\s"'<>]{1,4096})/g;
const PAIR_IN_JSON = /(\\?["'])([\w-]{2,40})\1(\s*:\s*)(\\?["'])((?:(?!\4)[^\n]){1,8192}?)\4/g;
const HEADER_LINE = /\b((?:proxy-)?authorization|(?:set-)?cookie|x-api-key)(\s*:\s*)([^\s"'[][^\n"']{0,8192})/gi;
const MAY_HOLD_PAIR = /pass|pwd|secret|token|jwt|key|cred|auth|cookie|session|dsn|connection|bearer|basic|:\/\//i;

export interface MaskOptions {
  /** Values to replace; those under 4 characters are refused silently, they would be found everywhere. */
  readonly values?: Iterable<string>;
  /** Environment to take secret-looking values from. @default none */
  readonly env?: NodeJS.ProcessEnv;
}

export interface Mask {
  /** `text` without secrets; the same string when there was none. */
  text(text: string): string;
  /** A copy-on-write over plain data: strings are masked, and values of keys such as `password` replaced. */
  deep<T>(value: T): T;
  add(values: Iterable<string>): void;
  /** How many values are searched for, their encoded forms left out. */
  readonly size: number;
}

/** Makes a mask. Masking is idempotent, and a mask of no values still masks by shape and by key. */
export function createMask({ values = [], env }: MaskOptions = {}): Mask {
  const known = new Set<string>();
  let pattern: RegExp | undefined;

  const add = (more: Iterable<string>): void => {
    const before = known.size;
    for (const value of more) if (value.length >= 4) known.add(value);
    if (known.size !== before) pattern = alternation(known);
  };

  const text = (input: string): string => {
    const output = pattern === undefined ? input : input.replace(pattern, MASKED);
    return MAY_HOLD_PAIR.test(output) ? maskShapes(output) : output;
  };

  const deep = <T>(value: T, depth = 0): T => {
    if (typeof value === 'string') return text(value) as T;
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
    add,
    get size() {
      return known.size;
    },
  };
}

function maskShapes(text: string): string {
  let output = text;
  for (const [shape, replacement] of BY_SHAPE) output = output.replace(shape, replacement);
  output = output.replace(HEADER_LINE, (all, name: string, gap: string, value: string) =>
    value.startsWith(MASKED) || /^(?:Bearer|Basic) \[masked\]/.test(value) ? all : `${name}${gap}${MASKED}`,
  );
  output = output.replace(PAIR_IN_QUERY, (all, before: string, key: string) =>
    isSecretKey(key) ? `${before}${key}=${MASKED}` : all,
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

/** One pattern over all values and the forms they take in JSON, URLs and base64; longest first, so that a part never wins. */
function alternation(values: Iterable<string>): RegExp {
  const forms = new Set<string>();
  for (const value of values) for (const form of encodedForms(value)) forms.add(form);
  const sources = [...forms].sort((a, b) => b.length - a.length).map(form => escapePattern(form));
  return new RegExp(sources.join('|'), 'g');
}

function* encodedForms(value: string): Iterable<string> {
  yield value;
  yield JSON.stringify(value).slice(1, -1);
  yield encodeURIComponent(value.toWellFormed());
  yield encodeURIComponent(value.toWellFormed()).replaceAll('%20', '+');
  if (value.length < 8) return;
  const bytes = Buffer.from(value);
  for (const encoding of ['base64', 'base64url'] as const) yield bytes.toString(encoding).replace(/=+$/, '');
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
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
