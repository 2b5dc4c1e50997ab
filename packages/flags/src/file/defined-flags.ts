/** A provider of flags that are defined once and do not change. */
import { meantName } from '../errors.ts';
import { bucketOf } from '../murmur3.ts';
import type {
  FlagContext,
  FlagErrorCode,
  FlagProvider,
  FlagReason,
  FlagResolution,
  FlagType,
  FlagValue,
} from '../provider.ts';
import type { FlagDefinition, FlagDefinitions, Serving } from './definition.ts';

export class DefinedFlags implements FlagProvider {
  readonly metadata: { readonly name: string };
  readonly known: FlagDefinitions;

  constructor(name: string, definitions: FlagDefinitions) {
    this.metadata = { name };
    this.known = definitions;
  }

  async resolveBooleanEvaluation(
    flag: string,
    otherwise: boolean,
    context: FlagContext,
  ): Promise<FlagResolution<boolean>> {
    return this.#resolve(flag, 'boolean', otherwise, context);
  }

  async resolveStringEvaluation(
    flag: string,
    otherwise: string,
    context: FlagContext,
  ): Promise<FlagResolution<string>> {
    return this.#resolve(flag, 'string', otherwise, context);
  }

  async resolveNumberEvaluation(
    flag: string,
    otherwise: number,
    context: FlagContext,
  ): Promise<FlagResolution<number>> {
    return this.#resolve(flag, 'number', otherwise, context);
  }

  async resolveObjectEvaluation<T extends FlagValue>(
    flag: string,
    otherwise: T,
    context: FlagContext,
  ): Promise<FlagResolution<T>> {
    return this.#resolve(flag, 'object', otherwise, context);
  }

  #resolve<T extends FlagValue>(name: string, type: FlagType, otherwise: T, context: FlagContext): FlagResolution<T> {
    const flag = this.known.get(name);
    if (flag === undefined) {
      return failed(otherwise, 'FLAG_NOT_FOUND', `there is no flag ${name}${meantName(name, [...this.known.keys()])}`);
    }
    if (flag.type !== type) return failed(otherwise, 'TYPE_MISMATCH', `${name} is of type ${flag.type}, not ${type}`);
    const rule = flag.rules.find(({ when }) => when.every(condition => condition.holds(context)));
    const chosen = choose(flag, rule?.serve ?? flag.otherwise, context.targetingKey);
    if (chosen === undefined) {
      return failed(
        otherwise,
        'TARGETING_KEY_MISSING',
        `${name} is split by the targeting key, which the context has not`,
      );
    }
    const ruleName = rule?.name === undefined ? {} : { rule: rule.name };
    return {
      value: flag.variants.get(chosen.variant) as T,
      variant: chosen.variant,
      reason: reasonOf(flag, rule !== undefined, chosen.isSplit),
      flagMetadata: { ...flag.metadata, ...ruleName },
    };
  }
}

function choose(
  { name }: FlagDefinition,
  serve: Serving,
  key: string | undefined,
): { readonly variant: string; readonly isSplit: boolean } | undefined {
  if ('variant' in serve) return { variant: serve.variant, isSplit: false };
  // What is asked for may come from anywhere: a number would be another key than its digits elsewhere.
  if (typeof key !== 'string' || key === '') return undefined;
  const bucket = bucketOf(name, key);
  // The last one takes what is lost in adding percentages.
  const variant = (serve.split.find(({ below }) => bucket < below) ?? serve.split.at(-1))?.variant;
  return variant === undefined ? undefined : { variant, isSplit: true };
}

/** In the words of OpenFeature: a split wins over the rule that it stands in. */
function reasonOf({ rules }: FlagDefinition, byRule: boolean, isSplit: boolean): FlagReason {
  if (isSplit) return 'SPLIT';
  if (byRule) return 'TARGETING_MATCH';
  return rules.length > 0 ? 'DEFAULT' : 'STATIC';
}

function failed<T>(value: T, errorCode: FlagErrorCode, errorMessage: string): FlagResolution<T> {
  return { value, reason: 'ERROR', errorCode, errorMessage };
}
