/** Brings values that were written for an earlier version of the suite's schema to the one that counts. */
import { errorSentence } from '@quality-hub/protocol';
import { isTree } from './config-path.ts';
import type { ConfigMigration } from './config-words.ts';

export interface MigratedValues {
  readonly values: Readonly<Record<string, unknown>>;
  /** What was done, in order: `2: prices have a currency`. */
  readonly applied: readonly string[];
  readonly problems: readonly string[];
}

/** Applies the migrations after `from`, up to `to`, in the order of their numbers. A failed one is a problem, and the last. */
export function migrateValues(
  values: Readonly<Record<string, unknown>>,
  { from, to, migrations = {} }: { from: number; to: number; migrations?: Readonly<Record<number, ConfigMigration>> },
): MigratedValues {
  if (from > to) {
    return {
      values,
      applied: [],
      problems: [`version is ${from}, which is newer than the ${to} of the configuration`],
    };
  }
  let current = values;
  const applied: string[] = [];
  for (let version = from + 1; version <= to; version++) {
    const migration = migrations[version];
    if (migration === undefined) {
      return { values, applied, problems: [`version is ${from}, and there is no migration to ${version}`] };
    }
    try {
      // A copy: a migration that changes what it is given would change the file as it was loaded.
      const changed: unknown = migration.change(structuredClone(current));
      if (!isTree(changed)) throw new Error('it gives no object');
      current = changed;
    } catch (error) {
      return { values, applied, problems: [`the migration to ${version} failed: ${errorSentence(error)}`] };
    }
    applied.push(`${version}: ${migration.title}`);
  }
  return { values: current, applied, problems: [] };
}
