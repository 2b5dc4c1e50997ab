/** Addresses that depend on the suite's own values: `baseURL: ({ config }) => config.shop.baseURL`. */
import { errorSentence } from '@quality-hub/protocol';
import { type ConfigPath, pathText, valueAt } from './config-path.ts';
import { isSecretReference } from './secret-reference.ts';

/** What a function in the place of an address is given. */
export interface DerivedFrom<Values = Readonly<Record<string, unknown>>> {
  /** The suite's own values, checked. */
  readonly config: Values;
  readonly environment: string | undefined;
}

/** A value, or a function that makes it of the suite's own values. */
export type Derived<T, Values = never> = T | ((from: DerivedFrom<Values>) => T);

/** Where a function makes the value: called once, when the configuration is resolved. */
export const DERIVED: Readonly<Record<string, readonly string[]>> = {
  clients: ['baseURL'],
  databases: ['url', 'server'],
};

export interface DerivedValues {
  readonly found: readonly { readonly path: ConfigPath; readonly value: unknown }[];
  /** Places of functions that could not be asked. */
  readonly failed: readonly string[];
  readonly problems: readonly string[];
}

/**
 * Calls the functions. Of a database, `url` may also be a function without an argument, which is asked with each connection: that one
 * stays.
 *
 * @param from Undefined where the values are wrong: then nothing is called.
 */
export function derivedValues(tree: Readonly<Record<string, unknown>>, from: DerivedFrom | undefined): DerivedValues {
  const found: { path: ConfigPath; value: unknown }[] = [];
  const failed: string[] = [];
  const problems: string[] = [];
  for (const [section, names] of Object.entries(DERIVED)) {
    for (const entry of Object.keys(valueAt(tree, [section]) ?? {})) {
      for (const name of names) {
        const path = [section, entry, name];
        const make = valueAt(tree, path);
        if (typeof make !== 'function' || isSecretReference(make) || (section === 'databases' && make.length === 0))
          continue;
        try {
          if (from === undefined) failed.push(pathText(path));
          else found.push({ path, value: make(from) });
        } catch (error) {
          failed.push(pathText(path));
          problems.push(`${pathText(path)} is a function that failed: ${errorSentence(error)}`);
        }
      }
    }
  }
  return { found, failed, problems };
}
