/** Makes one database of the configuration, and clients of its copies. */
import type { DatabaseOptions, SqlDatabase } from '@quality-hub/clients/db';
import { nameOfSecret } from '@quality-hub/config';
import { OptionError } from '@quality-hub/protocol';
import type { Policy } from '@quality-hub/resilience';
import type { SecretSource } from './secrets/secret-source.ts';
import type { DatabaseSection } from './sections.ts';

export interface DatabaseSurroundings extends Pick<DatabaseOptions, 'mask' | 'observe' | 'remainingMs' | 'admit'> {
  /** Gives the secrets of the sections. */
  readonly secrets: SecretSource;
}

/** The database of a section or, with an address, a copy of it: with the same policy, since the server is the same. */
export type OpenAt = (url?: string) => SqlDatabase;

/** What of `@quality-hub/clients/db` is needed; it is loaded where a configuration names a database. */
type Door = Pick<typeof import('@quality-hub/clients/db'), 'openDatabase' | 'isolationProblems'>;

/** @throws {OptionError} (`QH_OPTION`) with everything that is wrong with what the section says beyond its client. */
export function databaseOpener(
  name: string,
  section: DatabaseSection,
  { policy, secrets, ...around }: DatabaseSurroundings & { readonly policy: Policy },
  { openDatabase, isolationProblems }: Door,
): OpenAt {
  const { policy: _, health, isolation, template, truncate, plans, warmUp, ...options } = section;
  const problems = [...isolationProblems(section), ...flagProblems({ plans, warmUp })];
  if (problems.length > 0) throw new OptionError(`Database "${name}"`, problems);
  const secret = nameOfSecret(section.url);
  const renewAddress = (values: readonly string[], reason: string): Promise<boolean> =>
    secrets.recover(secret as string, { values, reason, dependency: name, withOthers: false });
  const own = secret === undefined ? {} : { renewAddress };
  return url => openDatabase({ ...options, ...(url === undefined ? own : { url }), ...around, name, policy });
}

function flagProblems(flags: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(flags).flatMap(([flag, value]) =>
    value === undefined || typeof value === 'boolean'
      ? []
      : [`"${flag}" is ${JSON.stringify(value)}: expected true or false`],
  );
}
