/** Secrets by name: what the configuration refers to, from any store, in a box. */
import {
  closestName,
  OptionError,
  SecretError,
  type SecretStore,
  type StoredSecret,
  type StoreHealth,
} from '@quality-hub/protocol';
import { Secret } from '@quality-hub/telemetry';
import { KnownSecret } from './known-secret.ts';
import { readReference, referenceText } from './reference.ts';
import type { Chance } from './rotation/new-value.ts';
import { type RotatedSecret, type RotationSteps, rotateSecret } from './rotation/rotate.ts';
import { type NewVersion, rotateGroup } from './rotation/scheduled-rotation.ts';
import { secretValue } from './secret-value.ts';
import type { SecretSection } from './section.ts';
import { aborted, healthOf } from './store-health.ts';
import { ValueCache, type ValueCacheOptions } from './value-cache.ts';

export interface SecretsOptions extends Omit<ValueCacheOptions, 'onStale'> {
  /** Stores by name. */
  readonly stores: Readonly<Record<string, SecretStore>>;
  /** References by the names under which tests ask for them. */
  readonly refs?: Readonly<Record<string, string | SecretSection>>;
  /** Longest time of one question to a store, in milliseconds. @default 10_000 */
  readonly timeoutMs?: number;
  /**
   * Hears of every text of a value before anybody gets it.
   *
   * @param box Name of the box that is opened: that of the secret, or `login.user` for a part of it.
   */
  readonly beforeReveal?: (name: string, texts: readonly string[], box: string) => void;
  /** Hears of every value that a store gave: its name, where it is from, its version; never the value. */
  readonly onRead?: (read: SecretRead) => void;
  /** Hears that an old value is used, because its store says this. */
  readonly onStale?: (name: string, reason: SecretError) => void;
}

export interface SecretRead {
  readonly name: string;
  readonly store: string;
  readonly version?: string;
  /** Why it was asked for past what was kept. */
  readonly renewedFor?: string;
}

/** What is known of a secret that was read; never its value. */
export interface SecretFacts {
  readonly name: string;
  /** `store:path#key@version`. */
  readonly reference: string;
  readonly store: string;
  /** As the store names it; `default` where that of the configuration is used. */
  readonly version?: string;
  readonly createdAt?: string;
  readonly expiresAt?: string;
  /** The version before the current one is in use: the current one was refused, and this one was not. */
  readonly isPrevious: boolean;
  /** As the configuration says. */
  readonly owner?: string;
  /** As the configuration says, in days. */
  readonly maxAgeDays?: number;
  /** As the configuration says, in days. */
  readonly rotateEveryDays?: number;
}

/** Nobody asks a store again so soon after it had nothing better than what was refused. */
const FRUITLESS_MS = 5_000;

/** Checks all references at once. @throws {OptionError} (`QH_OPTION`) */
export function openSecrets(options: SecretsOptions): Secrets {
  const known = new Map<string, KnownSecret>();
  const problems: string[] = [];
  for (const [name, given] of Object.entries(options.refs ?? {})) {
    const section = typeof given === 'string' ? { ref: given } : given;
    try {
      const reference = readReference(name, section.ref);
      known.set(name, new KnownSecret(name, reference, section));
      if (!Object.hasOwn(options.stores, reference.store))
        problems.push(unknownStore(name, reference.store, options.stores));
    } catch (error) {
      problems.push(...(error as OptionError).problems.map(problem => `secrets.refs.${name}: ${problem}`));
    }
  }
  if (problems.length > 0) throw new OptionError('secrets', problems);
  return new Secrets(options, known);
}

function unknownStore(name: string, store: string, stores: SecretsOptions['stores']): string {
  const known = Object.keys(stores);
  const close = closestName(store, known);
  const meant = close === undefined ? `stores are ${known.join(', ') || 'not configured'}` : `did you mean ${close}?`;
  return `secrets.refs.${name} names the store ${store}, which is none; ${meant}`;
}

export class Secrets implements AsyncDisposable {
  readonly #options: SecretsOptions;
  readonly #known: ReadonlyMap<string, KnownSecret>;
  readonly #cache: ValueCache;
  readonly #now: () => number;
  readonly #ended = new AbortController();

  constructor(options: SecretsOptions, known: ReadonlyMap<string, KnownSecret>) {
    this.#options = options;
    this.#known = known;
    this.#now = options.now ?? Date.now;
    const { onStale, ...times } = options;
    this.#cache = new ValueCache({
      ...times,
      onStale: (key, reason) => {
        for (const { name, cacheKey } of known.values()) if (cacheKey === key) onStale?.(name, reason);
      },
    });
  }

  get names(): readonly string[] {
    return [...this.#known.keys()];
  }

  /**
   * The secret in its box. The store is asked where nothing is kept; `reveal()` then gives the value at once, and the new one
   * after a rotation.
   *
   * @throws {SecretError} with the reason.
   */
  async get<T = string>(name: string): Promise<Secret<T>> {
    const known = this.#of(name);
    await this.#load(known);
    return this.#boxOf<T>(known);
  }

  /** Several at once. */
  async all<Names extends string>(names: readonly Names[]): Promise<Readonly<Record<Names, Secret>>> {
    const entries = await Promise.all(names.map(async name => [name, await this.get(name)] as const));
    return Object.fromEntries(entries) as Record<Names, Secret>;
  }

  /** The value as boxes give it, without telling the mask: to be compared with another one, and for nothing else. */
  peek(name: string): unknown {
    return this.#known.get(name)?.value;
  }

  /** What is known of a secret that was read. @throws {SecretError} for a name that is none. */
  factsOf(name: string): SecretFacts {
    const { reference, stored, refusedCurrent, section } = this.#of(name);
    const { owner, maxAgeDays, rotate } = section;
    return {
      name,
      reference: referenceText(reference),
      store: reference.store,
      ...(stored?.version === undefined ? {} : { version: stored.version }),
      ...(stored?.createdAt === undefined ? {} : { createdAt: stored.createdAt }),
      ...(stored?.expiresAt === undefined ? {} : { expiresAt: stored.expiresAt }),
      isPrevious: refusedCurrent !== undefined,
      ...(owner === undefined ? {} : { owner }),
      ...(maxAgeDays === undefined ? {} : { maxAgeDays }),
      ...(rotate === undefined ? {} : { rotateEveryDays: rotate.everyDays }),
    };
  }

  /**
   * Somebody was refused with this secret: asks the store once more, past what is kept. True where there is another value now,
   * which every box of the name gives from now on.
   */
  async renew(name: string, reason: string): Promise<boolean> {
    const known = this.#of(name);
    const before = [known.value];
    await this.#load(known, reason);
    return !known.isAmong(before);
  }

  /**
   * Somebody was refused with these values of a secret. True where boxes of the name give another one now: the current one,
   * else the version before it, which still counts where a rotation is half done.
   *
   * @param options.onlyNewer Not the version before: of several secrets nobody knows which one was refused.
   * @throws {SecretError} where the store says why it gives nothing.
   */
  async recover(
    name: string,
    refused: readonly unknown[],
    reason: string,
    { onlyNewer = false }: { readonly onlyNewer?: boolean } = {},
  ): Promise<boolean> {
    const known = this.#of(name);
    if (refused.length === 0) return false;
    // Somebody else has found another one.
    if (!known.isAmong(refused)) return true;
    if (this.#now() < known.fruitlessUntil) return false;
    known.refusedCurrent = undefined;
    await this.#load(known, reason);
    if (!known.isAmong(refused)) return true;
    if (!onlyNewer && (await this.#fallBack(known, refused, reason))) return true;
    known.fruitlessUntil = this.#now() + FRUITLESS_MS;
    return false;
  }

  /**
   * Gives a secret another value: `create` makes it where it counts, `test` proves it, it is written to its store, and `finish`
   * takes the old one away. Where one of the first three fails, `undo` is called, and the old value stays.
   *
   * @throws {SecretError} `_DENIED` where the store cannot be written; else what a step throws.
   */
  async rotate<T = string>(name: string, steps: RotationSteps<T>): Promise<RotatedSecret> {
    const known = this.#of(name);
    await this.#load(known, 'rotation');
    const { beforeReveal } = this.#options;
    const written = await rotateSecret(known, steps, {
      store: this.#options.stores[known.reference.store] as SecretStore,
      signal: this.#signal(),
      seal: value =>
        new Secret<T>(name, {
          read: () => value,
          ...(beforeReveal === undefined ? {} : { beforeReveal: (texts, box) => beforeReveal(name, texts, box) }),
        }),
    });
    await this.#takeWritten(known);
    return written;
  }

  /**
   * Those of `names` that lie under one path, together. Values of one path have one version, and one age.
   *
   * @throws {SecretError} for a name that is none.
   */
  byPath(names: readonly string[]): readonly (readonly string[])[] {
    return [...Map.groupBy(names, name => this.#of(name).cacheKey).values()];
  }

  /**
   * Gives secrets of one path new values, as `rotate` of their sections says how they are made, and writes them as one version.
   * The version before has the old ones, where the store keeps it. Nothing tells the service that takes them: that is what {@link rotate} is for.
   *
   * @param names Of one path: see {@link byPath}.
   * @throws {SecretError} with the reason; nothing is written then.
   */
  async rotateScheduled(names: readonly string[], chance?: Chance): Promise<readonly NewVersion[]> {
    const group = names.map(name => this.#of(name));
    const [first] = group;
    if (first === undefined || group.some(({ cacheKey }) => cacheKey !== first.cacheKey))
      throw new TypeError(`${names.join(', ') || 'No secret'}: expected secrets of one path`);
    for (const known of group) await this.#load(known, 'rotation');
    const { beforeReveal } = this.#options;
    const written = await rotateGroup(group, {
      store: this.#options.stores[first.reference.store] as SecretStore,
      signal: this.#signal(),
      onValue: (name, value) => beforeReveal?.(name, [value], name),
      chance,
    });
    for (const known of group) await this.#takeWritten(known);
    return names.map(name => ({ name, ...written }));
  }

  /** How the stores are that the names refer to. */
  health(): Promise<Readonly<Record<string, StoreHealth>>> {
    const names = [...new Set([...this.#known.values()].map(({ reference }) => reference.store))];
    return healthOf(this.#options.stores, names, this.#signal());
  }

  async close(): Promise<void> {
    this.#ended.abort(new SecretError('QH_SECRET_UNREACHABLE', 'The run is over', 'Ask for secrets while it runs'));
    this.#cache.clear();
    for (const known of this.#known.values()) known.forget();
    await Promise.allSettled(Object.values(this.#options.stores).map(store => store.close()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #boxOf<T>(known: KnownSecret): Secret<T> {
    const { beforeReveal } = this.#options;
    return new Secret<T>(known.name, {
      read: () => known.value as T,
      ...(beforeReveal === undefined ? {} : { beforeReveal: (texts, box) => beforeReveal(known.name, texts, box) }),
    });
  }

  #of(name: string): KnownSecret {
    const found = this.#known.get(name);
    if (found !== undefined) return found;
    const close = closestName(name, this.names);
    throw new SecretError(
      'QH_SECRET_NOT_FOUND',
      `There is no secret ${name} in the configuration`,
      close === undefined ? 'Add it to secrets.refs' : `Did you mean ${close}?`,
    );
  }

  async #load(known: KnownSecret, renewedFor?: string): Promise<void> {
    const { cacheKey, reference, name, section } = known;
    if (renewedFor === undefined && this.#now() < known.defaultUntil) return;
    const ask = (): Promise<StoredSecret> => this.#ask(known, reference.version, renewedFor);
    try {
      const stored = await (renewedFor === undefined
        ? this.#cache.get(cacheKey, ask)
        : this.#cache.renew(cacheKey, ask));
      if (known.hasTaken(stored)) return;
      known.take(await secretValue(name, reference, section.type, stored), stored);
    } catch (error) {
      if (!known.hasDefault || (error as SecretError).code !== 'QH_SECRET_NOT_FOUND') throw error;
      known.take(section.default, { value: '', version: 'default' });
      known.defaultUntil = this.#now() + (this.#options.ttlMs ?? FRUITLESS_MS);
    }
  }

  /** It is written, whether or not it can be read now: whoever is refused with the old one asks again. */
  async #takeWritten(known: KnownSecret): Promise<void> {
    await this.#load(known, 'rotation').catch((error: unknown) => {
      if (!(error instanceof SecretError && error.transient)) throw error;
    });
  }

  /** Takes the version before the current one, where there is one that was not refused. */
  async #fallBack(known: KnownSecret, refused: readonly unknown[], reason: string): Promise<boolean> {
    const { name, reference, section, stored: current, value: currentValue } = known;
    if (reference.version !== undefined || current === undefined || current.version === 'default') return false;
    try {
      const stored = await this.#ask(known, 'previous', reason);
      known.take(await secretValue(name, reference, section.type, stored), stored);
    } catch (error) {
      // Not every store has one.
      if (error instanceof SecretError && !error.transient) return false;
      throw error;
    }
    if (known.isAmong(refused)) {
      known.take(currentValue, current);
      return false;
    }
    known.refusedCurrent = current;
    return true;
  }

  async #ask({ name, reference }: KnownSecret, version?: string, renewedFor?: string): Promise<StoredSecret> {
    const { store, path } = reference;
    const { stores, timeoutMs = 10_000, onRead } = this.#options;
    const signal = this.#signal();
    const asked = (stores[store] as SecretStore).read(path, {
      signal,
      fresh: renewedFor !== undefined,
      ...(version === undefined ? {} : { version }),
    });
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

  #signal(): AbortSignal {
    return AbortSignal.any([this.#ended.signal, AbortSignal.timeout(this.#options.timeoutMs ?? 10_000)]);
  }
}
