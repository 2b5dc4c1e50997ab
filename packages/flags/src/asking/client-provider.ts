/** A client of the OpenFeature SDK as a provider: with its hooks, its context and its domain. */
import type { FlagContext, FlagProvider, FlagResolution, FlagValue } from '../provider.ts';

/** The part of an OpenFeature client that is needed. */
export interface FlagClient {
  readonly metadata: {
    readonly name?: string;
    readonly domain?: string;
    readonly providerMetadata: { readonly name: string };
  };
  getBooleanDetails(flagKey: string, defaultValue: boolean, context?: FlagContext): Promise<FlagResolution<boolean>>;
  getStringDetails(flagKey: string, defaultValue: string, context?: FlagContext): Promise<FlagResolution<string>>;
  getNumberDetails(flagKey: string, defaultValue: number, context?: FlagContext): Promise<FlagResolution<number>>;
  getObjectDetails<T extends FlagValue>(
    flagKey: string,
    defaultValue: T,
    context?: FlagContext,
  ): Promise<FlagResolution<T>>;
}

export function isFlagClient(value: FlagProvider | FlagClient): value is FlagClient {
  return typeof (value as FlagClient).getBooleanDetails === 'function';
}

/** The provider behind the client belongs to the SDK: it is neither initialized nor closed here. */
export function clientProvider(client: FlagClient): FlagProvider {
  return {
    get metadata() {
      return { name: client.metadata.providerMetadata.name };
    },
    resolveBooleanEvaluation: (flag, otherwise, context) => client.getBooleanDetails(flag, otherwise, context),
    resolveStringEvaluation: (flag, otherwise, context) => client.getStringDetails(flag, otherwise, context),
    resolveNumberEvaluation: (flag, otherwise, context) => client.getNumberDetails(flag, otherwise, context),
    resolveObjectEvaluation: (flag, otherwise, context) => client.getObjectDetails(flag, otherwise, context),
  };
}
