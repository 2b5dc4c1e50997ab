/** What `pnpm bench verdicts` can be told. */
import { parseArgs } from 'node:util';
import { OptionError } from '@quality-hub/protocol';
import { HALVES, type Half } from './halves.ts';

export interface Options {
  readonly halves: readonly Half[];
  readonly seed: number;
  /** Lists the wrong ones of the held half too. Not for those who write the rules. */
  readonly all: boolean;
  /** Leaves the folder of the child run. */
  readonly keep: boolean;
  /** Runs these alone: their titles begin so. For those who write cases. */
  readonly only: string | undefined;
  /** The folder of a kept run, to be judged again. */
  readonly again: string | undefined;
}

const HINT = 'Use --half open|held, --seed N, --all, --keep, --only TITLE, --again FOLDER';

/** @throws {OptionError} (`QH_OPTION`) that names what is wrong. */
export function readOptions(args: readonly string[]): Options {
  const { half, seed, all, keep, only, again } = parse(args);
  const problems: string[] = [];
  const known = HALVES.filter(name => half === undefined || name === half);
  if (known.length === 0) problems.push(`--half is '${half}', expected open or held`);
  if (!/^\d{1,9}$/.test(seed)) problems.push(`--seed is '${seed}', expected a whole number`);
  if (problems.length > 0) throw new OptionError('pnpm bench verdicts', problems, HINT);
  return { halves: known, seed: Number(seed), all, keep, only, again };
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        half: { type: 'string' },
        seed: { type: 'string', default: '1' },
        all: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
        only: { type: 'string' },
        again: { type: 'string' },
      },
    });
    return values;
  } catch (error) {
    throw new OptionError('pnpm bench verdicts', [error instanceof Error ? error.message : String(error)], HINT);
  }
}
