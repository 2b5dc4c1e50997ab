/** A configuration as JSON: what JSON has no word for is written in a form that is read back, or named as live. */
import { type ConfigPath, isTree } from '../config-path.ts';
import { nameOfSecret, secret } from '../secret-reference.ts';

/** The one key of an object that stands for something else; `$plain` wraps an object that looks like one. */
const FORMS = ['$url', '$date', '$bytes', '$pattern', '$big', '$secret', '$live', '$plain', '$undefined'] as const;
type Form = (typeof FORMS)[number];

export interface PlainForm {
  readonly json: unknown;
  /** Places of functions and other things that only the files themselves can give. */
  readonly live: readonly ConfigPath[];
}

/** Functions, and objects of classes that are not known here, are left where they are and named. */
export function toPlainForm(value: unknown): PlainForm {
  const live: ConfigPath[] = [];
  return { json: plain(value, [], live), live };
}

/** @param liveAt Gives what is live at a place. */
export function fromPlainForm(json: unknown, liveAt: (path: ConfigPath) => unknown, path: ConfigPath = []): unknown {
  if (Array.isArray(json)) return json.map((one, at) => fromPlainForm(one, liveAt, [...path, at]));
  if (!isTree(json)) return json;
  const [form, inner] = formOf(json) ?? [];
  switch (form) {
    case '$url':
      return new URL(String(inner));
    case '$date':
      return new Date(String(inner));
    case '$bytes':
      return Buffer.from(String(inner), 'base64');
    case '$pattern':
      return new RegExp(...(inner as [string, string]));
    case '$big':
      return BigInt(String(inner));
    case '$secret':
      return secret(String(inner));
    case '$live':
      return liveAt(path);
    case '$undefined':
      return undefined;
    case '$plain':
      return inTree(inner as Readonly<Record<string, unknown>>, liveAt, path);
    default:
      return inTree(json, liveAt, path);
  }
}

function plain(value: unknown, path: ConfigPath, live: ConfigPath[]): unknown {
  const name = nameOfSecret(value);
  if (name !== undefined) return { $secret: name };
  if (value === undefined) return { $undefined: true };
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value === 'bigint') return { $big: String(value) };
  if (Array.isArray(value)) return value.map((one, at) => plain(one, [...path, at], live));
  if (value instanceof URL) return { $url: value.href };
  if (value instanceof Date && !Number.isNaN(value.getTime())) return { $date: value.toISOString() };
  if (value instanceof RegExp) return { $pattern: [value.source, value.flags] };
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') };
  if (isTree(value) && Object.getOwnPropertySymbols(value).length === 0) {
    const inner = Object.fromEntries(
      Object.entries(value).map(([key, one]) => [key, plain(one, [...path, key], live)]),
    );
    return formOf(value) === undefined ? inner : { $plain: inner };
  }
  live.push(path);
  return { $live: true };
}

function inTree(
  tree: Readonly<Record<string, unknown>>,
  liveAt: (path: ConfigPath) => unknown,
  path: ConfigPath,
): unknown {
  const entries = Object.entries(tree).map(([key, inner]) => [key, fromPlainForm(inner, liveAt, [...path, key])]);
  return Object.fromEntries(entries);
}

function formOf(value: Readonly<Record<string, unknown>>): readonly [Form, unknown] | undefined {
  const [key, second] = Object.keys(value);
  const form = FORMS.find(one => one === key);
  return form === undefined || second !== undefined ? undefined : [form, value[form]];
}
