/** The seed of a run: what its made-up data depend on, and what brings the same data back. */
import { digest, OptionError } from '@quality-hub/protocol';

export interface RunSeed {
  /** As reports show it, and as `QH_SEED` takes it. */
  readonly text: string;
  /** What "today" is for dates that are made up: a replay makes the same ones. */
  readonly day: Date;
}

/** What names the seed of a run that is to be seen again. */
export const SEED_VARIABLE = 'QH_SEED';
/** Dates of a seed that names no day are made around this one. */
const DAY_OF_PLAIN_SEEDS = '20260101';
const LONGEST = 64;

/**
 * `QH_SEED`, or one of the run's name: all its workers and shards have the same, and nothing has to be sent around. Its first
 * eight digits are the day.
 *
 * @throws {OptionError} (`QH_OPTION`) for a seed that cannot stand in a report.
 */
export function runSeed({ given, runId, now }: { given?: string | undefined; runId: string; now: number }): RunSeed {
  const text = given === undefined || given === '' ? made(runId, now) : given;
  if (!/^[\w.-]+$/.test(text) || text.length > LONGEST) {
    throw new OptionError(
      SEED_VARIABLE,
      [`it is ${JSON.stringify(text)}, expected 1 to ${LONGEST} characters of A-Z, a-z, 0-9, "_", "." and "-"`],
      'Copy it from the annotation qh:seed of the run that you want to see again',
    );
  }
  return { text, day: dayOf(text) ?? (dayOf(DAY_OF_PLAIN_SEEDS) as Date) };
}

/** Two words of 32 bits for one test: the same in every run with the seed. What follows the day decides, not the day itself. */
export function seedOfTest(seed: string, test: string): readonly [number, number] {
  const plain = dayOf(seed) === undefined ? seed : seed.slice(9);
  const hex = digest(JSON.stringify([plain, test]), 16);
  return [Number.parseInt(hex.slice(0, 8), 16) | 0, Number.parseInt(hex.slice(8), 16) | 0];
}

function made(runId: string, now: number): string {
  return `${new Date(now).toISOString().slice(0, 10).replaceAll('-', '')}-${digest(runId, 8)}`;
}

function dayOf(seed: string): Date | undefined {
  const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)(?:-|$)/.exec(seed) ?? [];
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  // The 31st of February is taken for the 3rd of March by some, and for no date by others.
  return Number.isNaN(date.getTime()) || !date.toISOString().endsWith(`${day}T00:00:00.000Z`) ? undefined : date;
}
