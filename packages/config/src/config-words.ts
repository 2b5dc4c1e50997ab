/** The words of a configuration that are no sections: the suite's own values, its environments, and their schema. */
import type { StandardSchema } from './schema/standard-schema.ts';

export interface ConfigWords {
  /** Where editors find the schema of a JSON or YAML file. */
  readonly $schema?: string;
  /** Of the suite's own values: migrations lead from one to the next. @default 1 */
  readonly version?: number;
  /**
   * What `values` and the environments must add up to: zod, or any other Standard Schema. In a file of data, the path of a module
   * whose default export it is.
   */
  readonly schema?: StandardSchema | string;
  /** What all environments have in common. */
  readonly values?: Readonly<Record<string, unknown>>;
  /** The one that counts where `QUALITY_HUB_ENVIRONMENT` names none. @default 'local', where there is one */
  readonly environment?: string;
  /** Values, and sections, that hold for one environment. */
  readonly environments?: Readonly<Record<string, EnvironmentWords>>;
  /** What leads from a version of the suite's own values to the next: `2` from 1 to 2. */
  readonly migrations?: Readonly<Record<number, ConfigMigration>>;
}

export interface EnvironmentWords {
  /** Environments whose values hold here as well; of several, the last one counts most. */
  readonly extends?: string | readonly string[];
  readonly [name: string]: unknown;
}

export interface ConfigMigration {
  /** What changes, in a few words. */
  readonly title: string;
  /** Gives the values in their new form. Some of them may be missing: a file of its own holds only what it changes. */
  change(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>;
}

export const WORDS: readonly (keyof ConfigWords)[] = [
  '$schema',
  'version',
  'schema',
  'values',
  'environment',
  'environments',
  'migrations',
];
