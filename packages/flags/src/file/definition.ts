/** A flag as a file defines it, after it was checked. */
import type { FlagValue, KnownFlag } from '../provider.ts';
import type { Condition } from './conditions.ts';

/** Variants with the bucket, from 0 to 100, at which each of them ends. */
export type Split = readonly { readonly variant: string; readonly below: number }[];

/** A variant for all, or some for some. */
export type Serving = { readonly variant: string } | { readonly split: Split };

export interface FlagRule {
  readonly name: string | undefined;
  /** All of them hold, or the rule is passed over. */
  readonly when: readonly Condition[];
  readonly serve: Serving;
}

export interface FlagDefinition extends KnownFlag {
  readonly name: string;
  readonly variants: ReadonlyMap<string, FlagValue>;
  /** The first that holds decides. */
  readonly rules: readonly FlagRule[];
  /** Where no rule holds. */
  readonly otherwise: Serving;
  readonly metadata: Record<string, string | number | boolean>;
}

export type FlagDefinitions = ReadonlyMap<string, FlagDefinition>;
