/** The sections of a configuration. What each of them may hold is said by the package that it configures. */
import { ConfigError } from './errors.ts';
import { meant } from './meant.ts';

/** Options under names of the user's choice. */
export type Named<Options> = Readonly<Record<string, Options>>;

/**
 * A configuration. The parameters are the options of the packages that own the sections; `@quality-hub/test/config` fills
 * them in.
 */
export interface HubConfig<Client = unknown, Db = unknown, Policy = unknown, State = unknown> {
  /** HTTP clients by name; `default` is the fixture `api`. */
  readonly clients?: Named<Client>;
  /** Databases by name: `db.shop`. */
  readonly databases?: Named<Db>;
  /** Policies by name, for clients and databases to refer to. */
  readonly policies?: Named<Policy>;
  /** What the workers of a run share. */
  readonly state?: State;
}

export const SECTIONS: readonly string[] = ['clients', 'databases', 'policies', 'state'];

/** @throws {ConfigError} (`QH_CONFIG`) that lists every section that there is none of, or that is no section. */
export function checkSectionNames(path: string, config: object): asserts config is HubConfig {
  const problems: string[] = [];
  for (const [name, value] of Object.entries(config)) {
    if (!SECTIONS.includes(name)) problems.push(`there is no section ${name}${meant(name, SECTIONS)}`);
    else if (value !== undefined && (typeof value !== 'object' || value === null || Array.isArray(value))) {
      problems.push(`${name} is ${JSON.stringify(value)}, expected an object`);
    }
  }
  if (problems.length > 0) throw new ConfigError(path, problems);
}
