/** The sections of a configuration. What each of them may hold is said by the package that it configures. */
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

/** What is wrong with a configuration before its sections are looked into: names of no section, and what is no section. */
export function sectionNameProblems(config: object): readonly string[] {
  return Object.entries(config).flatMap(([name, value]) => {
    if (!SECTIONS.includes(name)) return [`there is no section ${name}${meant(name, SECTIONS)}`];
    return value === undefined || isSection(value) ? [] : [`${name} is ${JSON.stringify(value)}, expected an object`];
  });
}

export function isSection(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
