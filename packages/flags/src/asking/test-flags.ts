/** Flags as one test asks for them: each has one value for the whole test, and what was asked is told. */
import { FlagNotAwaitedError, FlagProviderError, FlagTypeError, FlagUnknownError } from '../errors.ts';
import { typeOf } from '../file/read-definitions.ts';
import type { FlagContext, FlagLogger, FlagProvider, FlagResolution, FlagType, FlagValue } from '../provider.ts';
import type { Overridden } from './overrides.ts';

/** What a test has heard of a flag. */
export interface SeenFlag {
  readonly name: string;
  readonly variant: string;
  readonly reason: string;
  /** Name of the provider, or of what has set the flag. */
  readonly provider: string;
}

export interface AskOptions {
  /** Attributes for this question, on top of those of the test. */
  readonly context?: FlagContext;
}

export interface ValueOptions<T extends FlagValue> extends AskOptions {
  /** Says the type, and is the value where the flag is unknown and that is allowed. */
  readonly fallback?: T;
}

export interface FlagsOfTest {
  /**
   * Whether a switch is on.
   *
   * @throws {FlagUnknownError} (`QH_FLAG_UNKNOWN`) @throws {FlagTypeError} (`QH_FLAG_TYPE`) where it is no switch.
   * @throws {FlagProviderError} (`QH_FLAG_PROVIDER`)
   */
  on(flag: string, options?: AskOptions): Promise<boolean>;
  /**
   * The name of the variant that this test gets; of a provider that names none, the value as a text.
   *
   * @throws {FlagUnknownError} (`QH_FLAG_UNKNOWN`) @throws {FlagProviderError} (`QH_FLAG_PROVIDER`)
   */
  variant(flag: string, options?: AskOptions): Promise<string>;
  /**
   * The value of the variant that this test gets.
   *
   * @throws {FlagUnknownError} (`QH_FLAG_UNKNOWN`) @throws {FlagTypeError} (`QH_FLAG_TYPE`) where `fallback` is of another type.
   * @throws {FlagProviderError} (`QH_FLAG_PROVIDER`)
   */
  value<T extends FlagValue = FlagValue>(flag: string, options?: ValueOptions<T>): Promise<T>;
  /** What is set for this test or run, with its values: for the application, which has to know it as well. */
  readonly overrides: Readonly<Record<string, FlagValue>>;
}

export interface TestFlagsOptions {
  /** Does not change while the test runs. */
  readonly provider: FlagProvider;
  readonly context: FlagContext;
  readonly overridden: ReadonlyMap<string, Overridden>;
  readonly unknown: 'error' | 'allow';
  readonly observe: (seen: SeenFlag) => void;
}

interface Answer {
  readonly type: FlagType;
  readonly value: FlagValue;
  readonly variant: string;
}

const SILENT: FlagLogger = { error() {}, warn() {}, info() {}, debug() {} };
/** In the order in which a flag of unknown type is asked: few providers take a text for something else. */
const TYPES: readonly FlagType[] = ['string', 'boolean', 'number', 'object'];
const EMPTY: Readonly<Record<FlagType, FlagValue>> = { boolean: false, string: '', number: 0, object: {} };

export class TestFlags implements FlagsOfTest {
  readonly #options: TestFlagsOptions;
  readonly #answers = new Map<string, Promise<Answer>>();
  readonly #told = new Set<string>();
  readonly #pending = new Set<string>();

  constructor(options: TestFlagsOptions) {
    this.#options = options;
  }

  get overrides(): Readonly<Record<string, FlagValue>> {
    return Object.fromEntries([...this.#options.overridden].map(([name, { value }]) => [name, value]));
  }

  /** Names of all variants of a flag, where the provider knows them. */
  variantsOf(flag: string): readonly string[] | undefined {
    const variants = this.#options.provider.known?.get(flag)?.variants;
    return variants && [...variants.keys()];
  }

  on(flag: string, { context }: AskOptions = {}): Promise<boolean> {
    return this.#awaited(`flags.on('${flag}')`, async () => {
      const { type, value } = await this.#answer(flag, ['boolean'], context, false);
      if (type === 'boolean') return value === true;
      throw new FlagTypeError(flag, `"${flag}" is no switch: its value is of type ${type}`);
    });
  }

  variant(flag: string, { context }: AskOptions = {}): Promise<string> {
    return this.#awaited(`flags.variant('${flag}')`, async () => (await this.#answer(flag, TYPES, context)).variant);
  }

  value<T extends FlagValue = FlagValue>(flag: string, { context, fallback }: ValueOptions<T> = {}): Promise<T> {
    const wanted = fallback === undefined ? undefined : typeOf(fallback);
    return this.#awaited(`flags.value('${flag}')`, async () => {
      const { type, value } = await this.#answer(flag, wanted ? [wanted] : TYPES, context, fallback);
      if (wanted === undefined || wanted === type) return value as T;
      throw new FlagTypeError(flag, `"${flag}" is of type ${type}, and its fallback of type ${wanted}`);
    });
  }

  /** To be called when the test has ended. @throws {FlagNotAwaitedError} (`QH_FLAG_NOT_AWAITED`) */
  end(): void {
    if (this.#pending.size > 0) throw new FlagNotAwaitedError([...this.#pending]);
  }

  /** Begins when it is waited for; who does not wait would take the promise for an answer, and is told of it. */
  #awaited<T>(asked: string, ask: () => Promise<T>): Promise<T> {
    this.#pending.add(asked);
    let begun: Promise<T> | undefined;
    const begin = (): Promise<T> => {
      this.#pending.delete(asked);
      begun ??= ask();
      return begun;
    };
    return {
      // biome-ignore lint/suspicious/noThenProperty: it is a promise.
      then: (onValue, onError) => begin().then(onValue, onError),
      catch: onError => begin().catch(onError),
      finally: onEnd => begin().finally(onEnd),
      [Symbol.toStringTag]: 'Promise',
    } satisfies Promise<T>;
  }

  async #answer(flag: string, types: readonly FlagType[], more?: FlagContext, fallback?: FlagValue): Promise<Answer> {
    const key = JSON.stringify([flag, more ?? null, fallback === undefined ? null : typeOf(fallback)]);
    const asked = this.#answers.get(key) ?? this.#ask(flag, types, { ...this.#options.context, ...more }, fallback);
    this.#answers.set(key, asked);
    return asked;
  }

  async #ask(
    flag: string,
    types: readonly FlagType[],
    context: FlagContext,
    fallback: FlagValue | undefined,
  ): Promise<Answer> {
    const { overridden, provider, unknown } = this.#options;
    const set = overridden.get(flag);
    if (set !== undefined) return this.#heard(flag, set, 'OVERRIDE', set.by);
    const known = provider.known?.get(flag);
    const { type, resolution } = await this.#resolve(flag, known ? [known.type] : types, context, fallback);
    const { value, variant, reason = 'UNKNOWN', errorCode, errorMessage } = resolution;
    const name = provider.metadata.name;
    if (errorCode === undefined)
      return this.#heard(flag, { type, value, variant: variant ?? textOf(value) }, reason, name);
    if (errorCode === 'TYPE_MISMATCH')
      throw new FlagTypeError(flag, `"${flag}" is not of type ${types.join(' or ')}: ${errorMessage ?? name}`);
    if (errorCode !== 'FLAG_NOT_FOUND') throw new FlagProviderError(flag, name, String(errorCode), errorMessage);
    if (unknown === 'error') throw new FlagUnknownError(flag, name, [...(provider.known?.keys() ?? [])]);
    const value0 = fallback ?? false;
    return this.#heard(flag, { type: typeOf(value0), value: value0, variant: textOf(value0) }, 'DEFAULT', name);
  }

  /** Asks for each type, until one fits. */
  async #resolve(flag: string, types: readonly FlagType[], context: FlagContext, fallback: FlagValue | undefined) {
    let first: { type: FlagType; resolution: FlagResolution<FlagValue> } | undefined;
    for (const type of types) {
      const otherwise = fallback !== undefined && typeOf(fallback) === type ? fallback : EMPTY[type];
      const resolution = await this.#resolveAs(type, flag, otherwise, context);
      if (resolution.errorCode !== 'TYPE_MISMATCH') return { type, resolution };
      first ??= { type, resolution };
    }
    return first as { type: FlagType; resolution: FlagResolution<FlagValue> };
  }

  async #resolveAs(
    type: FlagType,
    flag: string,
    otherwise: FlagValue,
    context: FlagContext,
  ): Promise<FlagResolution<FlagValue>> {
    const { provider } = this.#options;
    try {
      switch (type) {
        case 'boolean':
          return await provider.resolveBooleanEvaluation(flag, otherwise as boolean, context, SILENT);
        case 'string':
          return await provider.resolveStringEvaluation(flag, otherwise as string, context, SILENT);
        case 'number':
          return await provider.resolveNumberEvaluation(flag, otherwise as number, context, SILENT);
        case 'object':
          return await provider.resolveObjectEvaluation(flag, otherwise, context, SILENT);
      }
    } catch (error) {
      // The SDK's own errors carry the code of the specification; anything else is a fault of the provider.
      const { code, message } = error as { code?: unknown; message?: string };
      const errorCode = typeof code === 'string' && /^[A-Z_]+$/.test(code) ? code : 'GENERAL';
      return { value: otherwise, reason: 'ERROR', errorCode, errorMessage: message ?? String(error) };
    }
  }

  #heard(name: string, answer: Answer, reason: string, provider: string): Answer {
    const seen = { name, variant: answer.variant, reason, provider };
    const key = JSON.stringify(seen);
    if (!this.#told.has(key)) this.#options.observe(seen);
    this.#told.add(key);
    return answer;
  }
}

/** A value as the name of a variant, where the provider names none. */
function textOf(value: FlagValue): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  const said = typeof value === 'string' ? value : JSON.stringify(value);
  return said.length > 60 ? `${said.slice(0, 59)}…` : said;
}
