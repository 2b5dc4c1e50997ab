/** Secrets by name: what the configuration refers to, from any store, in a box. */
import { isDeepStrictEqual } from 'node:util';
import { closestName, OptionError, SecretError, type SecretStore, type StoredSecret } from '@quality-hub/protocol';
import { Secret } from '@quality-hub/telemetry';
import { readReference, referenceText, type SecretReference } from './reference.ts';
import { ValueCache, type ValueCacheOptions } from './value-cache.ts';

export interface SecretsOptions extends ValueCacheOptions {
  /** Stores by name. */
  readonly stores: Readonly<Record<string, SecretStore>>;
  /** References by the names under which tests ask for them. */
  readonly refs?: Readonly<Record<string, string>>;
  /** Longest time of one question to a store, in milliseconds. @default 10_000 */
  readonly timeoutMs?: number;
  /** Hears of every text of a value before anybody gets it. */
  readonly beforeReveal?: (name: string, texts: readonly string[]) => void;
  /** Hears of every value that a store gave: its name, where it is from, its version; never the value. */
  readonly onRead?: (read: SecretRead) => void;
}

export interface SecretRead {
  readonly name: string;
  readonly store: string;
  readonly version?: string;
  /** Why it was asked for past what was kept. */
  readonly renewedFor?: string;
}

/** Checks all references at once. @throws {OptionError} (`QH_OPTION`) */
export function openSecrets(options: SecretsOptions): Secrets {
  const references = new Map<string, SecretReference>();
  const problems: string[] = [];
  for (const [name, text] of Object.entries(options.refs ?? {})) {
    try {
      const reference = readReference(name, text);
      references.set(name, reference);
      if (!Object.hasOwn(options.stores, reference.store))
        problems.push(unknownStore(name, reference.store, options.stores));
    } catch (error) {
      problems.push(...(error as OptionError).problems.map(problem => `secrets.refs.${name}: ${problem}`));
    }
  }
  if (problems.length > 0) throw new OptionError('secrets', problems);
  return new Secrets(options, references);
}

function unknownStore(name: string, store: string, stores: SecretsOptions['stores']): string {
  const known = Object.keys(stores);
  const close = closestName(store, known);
  const meant = close === undefined ? `stores are ${known.join(', ') || 'not configured'}` : `did you mean ${close}?`;
  return `secrets.refs.${name} names the store ${store}, which is none; ${meant}`;
}

export class Secrets implements AsyncDisposable {
  readonly #options: SecretsOptions;
  readonly #references: ReadonlyMap<string, SecretReference>;
  readonly #cache: ValueCache;
  /** The newest value of each that was had: a box opens at once, and to what is right now. */
  readonly #newest = new Map<string, unknown>();
  readonly #ended = new AbortController();

  constructor(options: SecretsOptions, references: ReadonlyMap<string, SecretReference>) {
    this.#options = options;
    this.#references = references;
    this.#cache = new ValueCache(options);
  }

  get names(): readonly string[] {
    return [...this.#references.keys()];
  }

  /**
   * The secret in its box. The store is asked where nothing is kept; `reveal()` then gives the value at once, and the new one
   * after a rotation.
   *
   * @throws {SecretError} with the reason.
   */
  async get<T = string>(name: string): Promise<Secret<T>> {
    const reference = this.#referenceOf(name);
    this.#take(name, reference, await this.#cache.get(referenceText(reference), () => this.#ask(name, reference)));
    return this.#boxOf<T>(name);
  }

  /** Several at once. */
  async all<Names extends string>(names: readonly Names[]): Promise<Readonly<Record<Names, Secret>>> {
    const entries = await Promise.all(names.map(async name => [name, await this.get(name)] as const));
    return Object.fromEntries(entries) as Record<Names, Secret>;
  }

  /**
   * Somebody was refused with this secret: asks the store once more, past what is kept. True where there is another value now,
   * which every box of the name gives from now on.
   */
  async renew(name: string, reason: string): Promise<boolean> {
    const reference = this.#referenceOf(name);
    const before = this.#newest.get(name);
    const secret = await this.#cache.renew(referenceText(reference), () => this.#ask(name, reference, reason));
    this.#take(name, reference, secret);
    return !isDeepStrictEqual(before, this.#newest.get(name));
  }

  async close(): Promise<void> {
    this.#ended.abort(new SecretError('QH_SECRET_UNREACHABLE', 'The run is over', 'Ask for secrets while it runs'));
    this.#cache.clear();
    this.#newest.clear();
    await Promise.allSettled(Object.values(this.#options.stores).map(store => store.close()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #boxOf<T>(name: string): Secret<T> {
    const { beforeReveal } = this.#options;
    return new Secret<T>(name, {
      read: () => this.#newest.get(name) as T,
      ...(beforeReveal === undefined ? {} : { beforeReveal: texts => beforeReveal(name, texts) }),
    });
  }

  #referenceOf(name: string): SecretReference {
    const found = this.#references.get(name);
    if (found !== undefined) return found;
    const close = closestName(name, this.names);
    throw new SecretError(
      'QH_SECRET_NOT_FOUND',
      `There is no secret ${name} in the configuration`,
      close === undefined ? 'Add it to secrets.refs' : `Did you mean ${close}?`,
    );
  }

  async #ask(name: string, { store, path, version }: SecretReference, renewedFor?: string): Promise<StoredSecret> {
    const { stores, timeoutMs = 10_000, onRead } = this.#options;
    const signal = AbortSignal.any([this.#ended.signal, AbortSignal.timeout(timeoutMs)]);
    const asked = (stores[store] as SecretStore).read(path, { signal, ...(version === undefined ? {} : { version }) });
    // A store of somebody else may not listen to the signal.
    const secret = await Promise.race([asked, aborted(signal)]).catch((error: unknown) => {
      if (!signal.aborted || error instanceof SecretError) throw error;
      throw new SecretError(
        'QH_SECRET_UNREACHABLE',
        `The store ${store} did not answer within ${timeoutMs} ms for ${name}`,
        'Look at the store, and at the network on the way to it',
        error,
      );
    });
    onRead?.({
      name,
      store,
      ...(secret.version === undefined ? {} : { version: secret.version }),
      ...(renewedFor === undefined ? {} : { renewedFor }),
    });
    return secret;
  }

  #take(name: string, reference: SecretReference, { value }: StoredSecret): void {
    const { key } = reference;
    if (key === undefined) {
      this.#newest.set(name, value);
      return;
    }
    const parts = typeof value === 'string' ? partsOf(name, reference, value) : value;
    if (!Object.hasOwn(parts, key)) {
      const close = closestName(key, Object.keys(parts));
      throw new SecretError(
        'QH_SECRET_NOT_FOUND',
        `The secret ${name} has no key ${key} in ${reference.store}:${reference.path}`,
        close === undefined ? `It has ${Object.keys(parts).join(', ') || 'no keys'}` : `Did you mean ${close}?`,
      );
    }
    this.#newest.set(name, parts[key]);
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** Some stores hold texts only, and people put JSON there. */
function partsOf(name: string, { store, path, key }: SecretReference, text: string): Readonly<Record<string, unknown>> {
  try {
    const parts: unknown = JSON.parse(text);
    if (typeof parts === 'object' && parts !== null) return parts as Readonly<Record<string, unknown>>;
  } catch {
    // A plain text.
  }
  throw new SecretError(
    'QH_SECRET_INVALID',
    `The secret ${name} is a plain text in ${store}:${path}, and its key ${key} was asked for`,
    'Leave the key away, or keep JSON there',
  );
}
