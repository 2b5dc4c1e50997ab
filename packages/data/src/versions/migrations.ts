/** Stored data from one version to another: numbered steps, up and down. */
import { QualityHubError } from '@quality-hub/protocol';

/** One step between two neighbouring versions. Pure: what it is given stays as it is. */
export interface Migration<Older = never, Newer = never> {
  /** From the version before to this one. */
  up(older: Older): unknown;
  /** Back again. */
  down?(newer: Newer): unknown;
}

/** `{ 2: { up, down }, 3: { up, down } }`: each under the version that it leads to. The first version is 1. */
export type Migrations = Readonly<Record<number, Migration>>;

export interface MigrateOptions {
  /** What carries the version, for messages: `the dataset "orders"`. */
  readonly what: string;
  readonly from: number;
  readonly to: number;
  readonly migrations?: Migrations;
}

/** Stored data is of a version that nothing leads from (`QH_DATA_VERSION`). */
export class DataVersionError extends QualityHubError {
  constructor(message: string, hint: string, cause?: unknown) {
    super(message, { code: 'QH_DATA_VERSION', hint, ...(cause === undefined ? {} : { cause }) });
  }
}

/**
 * `stored` as it is in version `to`, step by step.
 *
 * @throws {DataVersionError} with the step that there is none of, or that failed (`QH_DATA_VERSION`).
 */
export function migrate(stored: unknown, { what, from, to, migrations = {} }: MigrateOptions): unknown {
  const missing = missingSteps({ from, to, migrations });
  if (missing.length > 0) {
    const way = from < to ? `version ${to} is expected` : `version ${to} is expected, which is older`;
    throw new DataVersionError(
      `${what} is of version ${from}, and ${way}: there is no migration ${missing.join(', ')}`,
      from < to ? 'Write the migration, or make the data again' : 'Use the newer code, or make the data again',
    );
  }
  return stepsBetween(from, to).reduce((value, step) => {
    try {
      return from < to ? migrations[step]?.up(value as never) : migrations[step]?.down?.(value as never);
    } catch (error) {
      throw new DataVersionError(
        `${what} could not be migrated ${from < to ? 'up' : 'down'} at version ${step}: ${error instanceof Error ? error.message : String(error)}`,
        'Look at the migration with checkMigrations, and a sample of that version',
        error,
      );
    }
  }, stored);
}

function missingSteps({ from, to, migrations = {} }: Omit<MigrateOptions, 'what'>): readonly string[] {
  return stepsBetween(from, to).flatMap(step => {
    const migration = migrations[step];
    if (from < to) return migration ? [] : [`${step}.up`];
    return migration?.down ? [] : [`${step}.down`];
  });
}

/** The versions whose migrations lead from one to the other, in order. */
function stepsBetween(from: number, to: number): readonly number[] {
  const count = Math.abs(to - from);
  return Array.from({ length: count }, (_, index) => (from < to ? from + 1 + index : from - index));
}
