/** A value in a box: whatever prints the box shows its name. */
import { inspect } from 'node:util';
import { closestName, SecretError } from '@quality-hub/protocol';

/** The same in every copy of this package. */
const BRAND = Symbol.for('@quality-hub/secret');

export interface SecretSeams<T> {
  /** Gives the value, each time anew: a rotated one is the new one. */
  readonly read: () => T;
  /**
   * Hears of every text in the value before anybody gets it: the mask and the audit.
   *
   * @param name Of the box that is opened: `login`, or `login.user` for that part of it.
   */
  readonly beforeReveal?: (texts: readonly string[], name: string) => void;
}

/** Names of the parts of a value; a text has none. */
type PartOf<T> = T extends object ? Extract<keyof T, string | number> : never;

/**
 * Prints as `[secret:name]` wherever it is turned into a text: in a template, in JSON, by `console.log`, in an error, in the
 * difference that `expect` shows. A structured clone of it is empty. {@link Secret.reveal} is the only way in.
 */
export class Secret<T = string> {
  readonly #name: string;
  readonly #seams: SecretSeams<T>;

  constructor(name: string, seams: SecretSeams<T>) {
    this.#name = name;
    this.#seams = seams;
    Object.freeze(this);
  }

  get name(): string {
    return this.#name;
  }

  /** The value. What it holds is known to the mask before this returns. */
  reveal(): T {
    const value = this.#seams.read();
    this.#seams.beforeReveal?.(textsOf(value), this.#name);
    return value;
  }

  /**
   * A box around one part of a value that has several: `login.at('user')` is `[secret:login.user]`. Nothing is revealed by it, and
   * whoever reveals it has no other part of the value.
   *
   * @throws {SecretError} `_INVALID` where there is no such part; when it is opened as well, where it is gone by then.
   */
  at<Part extends PartOf<T>>(part: Part): Secret<T[Part]> {
    const name = `${this.#name}.${part}`;
    const read = (): T[Part] => partOf(this.#name, this.#seams.read(), part) as T[Part];
    // A misspelt one is told where it is written.
    read();
    return new Secret(name, { read, ...seamOf(this.#seams) });
  }

  /** A box around what is made of the value: `secret.map('header', login => `${login.user}:${login.pin}`)`. Opens the whole value. */
  map<U>(part: string, change: (value: T) => U): Secret<U> {
    return new Secret(`${this.#name}.${part}`, { read: () => change(this.reveal()), ...seamOf(this.#seams) });
  }

  toString(): string {
    return `[secret:${this.#name}]`;
  }

  toJSON(): string {
    return this.toString();
  }

  [Symbol.toPrimitive](): string {
    return this.toString();
  }

  get [Symbol.toStringTag](): string {
    return `secret:${this.#name}`;
  }

  [inspect.custom](): string {
    return this.toString();
  }

  get [BRAND](): true {
    return true;
  }
}

/** Also true for a box of another copy of this package. */
export function isSecret(value: unknown): value is Secret<unknown> {
  return typeof value === 'object' && value !== null && (value as { [BRAND]?: unknown })[BRAND] === true;
}

/** The value of a box, or the value itself where there is none. */
export function revealed<T>(value: T | Secret<T>): T {
  return isSecret(value) ? (value as Secret<T>).reveal() : value;
}

function seamOf<T>({ beforeReveal }: SecretSeams<T>): Pick<SecretSeams<never>, 'beforeReveal'> {
  return beforeReveal === undefined ? {} : { beforeReveal };
}

function partOf(name: string, value: unknown, part: string | number): unknown {
  const refused = (what: string, hint: string): SecretError =>
    new SecretError('QH_SECRET_INVALID', `The secret ${name} ${what}`, hint);
  if (typeof value === 'string') throw refused('is a text, and has no parts', "Say type: 'json' in secrets.refs");
  if (typeof value !== 'object' || value === null) throw refused('has no parts', 'Reveal it as a whole');
  if (Object.hasOwn(value, part)) return (value as Record<string | number, unknown>)[part];
  const parts = Object.keys(value);
  const close = closestName(String(part), parts);
  const hint = close === undefined ? `It has ${parts.join(', ') || 'none'}` : `Did you mean ${close}?`;
  throw refused(`has no part ${part}`, hint);
}

/** Every text in a value: what a mask has to know. A number is one too: a PIN is printed as its digits. */
function textsOf(value: unknown, seen = new Set<unknown>()): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number' || typeof value === 'bigint') return [String(value)];
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('utf8'), Buffer.from(value).toString('latin1')];
  if (typeof value !== 'object' || value === null || seen.has(value)) return [];
  seen.add(value);
  const inner = value instanceof Map ? [...value.keys(), ...value.values()] : value instanceof Set ? [...value] : [];
  return [...inner, ...Object.values(value)].flatMap(one => textsOf(one, seen));
}
