/** Tries migrations out, for tests of those who write them. */
import { isDeepStrictEqual } from 'node:util';
import { type Migrations, migrate } from './migrations.ts';

export interface MigrationCheck {
  /** Of today. */
  readonly version: number;
  readonly migrations: Migrations;
  /** Stored data of older versions, by version; one at least of each is best. */
  readonly samples: Readonly<Record<number, readonly unknown[]>>;
  /** What is wrong with a value of today's version; it came from a sample. */
  readonly problemsOf?: (value: unknown) => readonly string[];
  /** What no way back can bring: two samples are the same where this says so. @default deep equality */
  readonly isSame?: (sample: unknown, back: unknown) => boolean;
}

/**
 * Sentences about what is wrong; none where every sample goes up to today's version, is right there, and comes back as it was.
 *
 * ```ts
 * expect(checkMigrations({ version: 2, migrations, samples: { 1: [{ name: 'Ann Lee' }] } })).toEqual([]);
 * ```
 */
export function checkMigrations({ version, migrations, samples, ...checks }: MigrationCheck): readonly string[] {
  const { problemsOf = () => [], isSame = isDeepStrictEqual } = checks;
  const said: string[] = [];
  const numbers = Object.keys(migrations).map(Number);
  for (const number of numbers)
    if (!Number.isInteger(number) || number < 2 || number > version)
      said.push(`the migration ${number} leads to no version: there are 2 to ${version}`);
  for (let step = 2; step <= version; step++) {
    if (!migrations[step]) said.push(`there is no migration to version ${step}`);
    else if (!migrations[step]?.down) said.push(`the migration ${step} has no way down`);
  }
  if (said.length > 0) return said;
  for (const [number, values] of Object.entries(samples))
    for (const [index, sample] of values.entries()) {
      const what = `sample ${index + 1} of version ${number}`;
      const untouched = structuredClone(sample);
      try {
        const today = migrate(sample, { what, from: Number(number), to: version, migrations });
        said.push(...problemsOf(today).map(problem => `${what} is wrong after its way up: ${problem}`));
        const back = migrate(today, { what, from: version, to: Number(number), migrations });
        if (!isSame(untouched, back)) said.push(`${what} came back as ${JSON.stringify(back)}`);
        if (!isDeepStrictEqual(sample, untouched)) said.push(`${what} was changed in place by a migration`);
      } catch (error) {
        said.push((error as Error).message);
      }
    }
  return said;
}
