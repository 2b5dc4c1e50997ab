/** The sections of a configuration. What each of them may hold is said by the package that it configures. */
import { type ConfigWords, WORDS } from './config-words.ts';
import { meant } from './meant.ts';
import type { StandardSchema } from './schema/standard-schema.ts';

/** Options under names of the user's choice. */
export type Named<Options> = Readonly<Record<string, Options>>;

/**
 * A configuration. The parameters are the options of the packages that own the sections; `@quality-hub/test/config` fills
 * them in.
 */
export interface HubConfig<
  Client = unknown,
  Db = unknown,
  Policy = unknown,
  State = unknown,
  Secrets = unknown,
  Flags = unknown,
  Data = unknown,
  Cache = unknown,
  Pool = unknown,
> extends ConfigWords {
  /** HTTP clients by name; `default` is the fixture `api`. */
  readonly clients?: Named<Client>;
  /** Databases by name: `db.shop`. */
  readonly databases?: Named<Db>;
  /** Policies by name, for clients and databases to refer to. */
  readonly policies?: Named<Policy>;
  /** What the workers of a run share. */
  readonly state?: State;
  /** Where secrets are kept, and under which names tests ask for them. */
  readonly secrets?: Secrets;
  /** Feature flags: a file of them, or a provider. */
  readonly flags?: Flags;
  /** Test data: its factories, and how what they made is removed. */
  readonly data?: Data;
  /** What is kept in memory, and below it between runs: the fixture `cache`. */
  readonly cache?: Cache;
  /** Things that tests take turns with, by the name of their pool: accounts, devices, tenants. */
  readonly pools?: Named<Pool>;
}

export const SECTIONS: readonly string[] = [
  'clients',
  'databases',
  'policies',
  'state',
  'secrets',
  'flags',
  'data',
  'cache',
  'pools',
];

/** What is wrong with a configuration before its sections are looked into: names of no section, and what is no section. */
export function sectionNameProblems(config: object): readonly string[] {
  return Object.entries(config).flatMap(([name, value]) => {
    if (WORDS.includes(name as keyof ConfigWords)) return wordProblems(name, value);
    if (!SECTIONS.includes(name)) return [`there is no section ${name}${meant(name, [...SECTIONS, ...WORDS])}`];
    return value === undefined || isSection(value) ? [] : [`${name} is ${JSON.stringify(value)}, expected an object`];
  });
}

function wordProblems(name: string, value: unknown): readonly string[] {
  if (value === undefined) return [];
  const said = `${name} is ${JSON.stringify(value) ?? typeof value}`;
  if (name === 'version') return Number.isInteger(value) && Number(value) >= 1 ? [] : [`${said}, expected 1, 2, …`];
  if (name === 'environment' || name === '$schema')
    return typeof value === 'string' ? [] : [`${said}, expected a text`];
  if (name === 'schema' && (typeof value === 'string' || isStandardSchema(value))) return [];
  if (name === 'schema') return [`${name} is no schema, expected z.object({ … })`];
  if (!isSection(value)) return [`${said}, expected an object`];
  if (name !== 'environments') return [];
  return Object.entries(value as object).flatMap(([environment, inner]) =>
    isSection(inner)
      ? environmentProblems(environment, inner as object)
      : [`environments.${environment} is ${JSON.stringify(inner) ?? typeof inner}, expected an object`],
  );
}

function environmentProblems(environment: string, inner: object): readonly string[] {
  return Object.entries(inner).flatMap(([name, value]) => {
    const where = `environments.${environment}.${name}`;
    if (name === 'extends') {
      const isNames = [value].flat().every(one => typeof one === 'string');
      return isNames ? [] : [`${where} is ${JSON.stringify(value)}, expected a name, or a list of names`];
    }
    if (!SECTIONS.includes(name) || value === undefined || isSection(value)) return [];
    return [`${where} is ${JSON.stringify(value)}, expected an object`];
  });
}

export function isStandardSchema(value: unknown): value is StandardSchema {
  const is = (typeof value === 'object' && value !== null) || typeof value === 'function';
  return is && '~standard' in (value as object);
}

export function isSection(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
