/**
 * The port: whoever knows what a flag is. It is the provider of the OpenFeature specification as its server SDK has it, method
 * by method, so that any OpenFeature provider is one of ours and each of ours is an OpenFeature provider.
 *
 * @see https://openfeature.dev/specification/sections/providers
 */

export type FlagValue = null | boolean | string | number | { [key: string]: FlagValue } | FlagValue[];

export type ContextValue = null | boolean | string | number | Date | { [key: string]: ContextValue } | ContextValue[];

/** For whom a flag is asked. The targeting key decides on which side of a percentage somebody is. */
export type FlagContext = { targetingKey?: string } & { [attribute: string]: ContextValue };

/** Why a flag has its value, in the words of OpenFeature; a provider may have others. */
export type FlagReason = 'STATIC' | 'DEFAULT' | 'TARGETING_MATCH' | 'SPLIT' | 'ERROR' | (string & {});

export type FlagErrorCode =
  | 'PROVIDER_NOT_READY'
  | 'PROVIDER_FATAL'
  | 'FLAG_NOT_FOUND'
  | 'PARSE_ERROR'
  | 'TYPE_MISMATCH'
  | 'TARGETING_KEY_MISSING'
  | 'INVALID_CONTEXT'
  | 'GENERAL';

export interface FlagResolution<T> {
  value: T;
  variant?: string;
  reason?: FlagReason;
  flagMetadata?: Record<string, string | number | boolean>;
  /** A {@link FlagErrorCode}; `value` is the default then. Open to both sides: the enum of OpenFeature takes no text. */
  // biome-ignore lint/suspicious/noExplicitAny: a text is not assignable to an enum with the same words, nor to anything else.
  errorCode?: any;
  errorMessage?: string;
}

export interface FlagLogger {
  error(...args: unknown[]): void;
  warn(...args: unknown[]): void;
  info(...args: unknown[]): void;
  debug(...args: unknown[]): void;
}

export type FlagType = 'boolean' | 'string' | 'number' | 'object';

/** What a provider that knows all its flags tells of one. */
export interface KnownFlag {
  readonly type: FlagType;
  readonly variants: ReadonlyMap<string, FlagValue>;
}

export interface FlagProvider {
  readonly metadata: { readonly name: string };
  initialize?(context?: Record<string, never>): Promise<void>;
  onClose?(): Promise<void>;
  resolveBooleanEvaluation(
    flagKey: string,
    defaultValue: boolean,
    context: FlagContext,
    logger: FlagLogger,
  ): Promise<FlagResolution<boolean>>;
  resolveStringEvaluation(
    flagKey: string,
    defaultValue: string,
    context: FlagContext,
    logger: FlagLogger,
  ): Promise<FlagResolution<string>>;
  resolveNumberEvaluation(
    flagKey: string,
    defaultValue: number,
    context: FlagContext,
    logger: FlagLogger,
  ): Promise<FlagResolution<number>>;
  resolveObjectEvaluation<T extends FlagValue>(
    flagKey: string,
    defaultValue: T,
    context: FlagContext,
    logger: FlagLogger,
  ): Promise<FlagResolution<T>>;
  /** All flags there are, where the provider knows them: a wrong name or variant is told before anybody is asked. */
  readonly known?: ReadonlyMap<string, KnownFlag>;
  /** The same flags as they are now, for ever: what a running test asks. */
  snapshot?(): Promise<FlagProvider>;
}
