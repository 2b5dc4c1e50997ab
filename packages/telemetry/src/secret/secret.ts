/** A value in a box: whatever prints the box shows its name. */
import { inspect } from 'node:util';

/** The same in every copy of this package. */
const BRAND = Symbol.for('@quality-hub/secret');

export interface SecretSeams<T> {
  /** Gives the value, each time anew: a rotated one is the new one. */
  readonly read: () => T;
  /** Hears of every text in the value before anybody gets it: the mask and the audit. */
  readonly beforeReveal?: (texts: readonly string[]) => void;
}

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
    this.#seams.beforeReveal?.(textsOf(value));
    return value;
  }

  /** A box around a part of the value, or around what is made of it: `secret.map('user', login => login.user)`. */
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
