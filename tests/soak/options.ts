/** What `pnpm soak` can be told. */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { OptionError } from '@quality-hub/protocol';
import { KINDS } from './kinds.ts';
import { SEED_LIMIT } from './random.ts';

export interface Options {
  /** How many rounds the kills have together. */
  readonly kills: number;
  /** How many rounds every other kind has; of each kind, kills too, where `only` is given. */
  readonly rounds: number;
  readonly only: string | undefined;
  /** Seed of each kind's first round; the next ones count on. */
  readonly seed: number;
  /** No round begins later than this. */
  readonly minutes: number;
  /** Rounds at the same time. */
  readonly atOnce: number;
}

const HINT = 'Use --kills N, --rounds N, --only KIND, --seed N, --minutes N, --at-once N';

/** @throws {OptionError} (`QH_OPTION`) that names what is wrong. */
export function readOptions(args: readonly string[], random: () => number = Math.random): Options {
  const given = parse(args);
  const problems: string[] = [];
  const names = KINDS.map(({ name }) => name);
  const number = (
    name: 'kills' | 'rounds' | 'seed' | 'minutes' | 'at-once',
    otherwise: number,
    least: number,
  ): number => {
    const text = given[name];
    if (text === undefined) return otherwise;
    if (!/^\d{1,10}$/.test(text) || Number(text) < least || Number(text) >= SEED_LIMIT)
      problems.push(`--${name} is '${text}', expected a whole number from ${least}`);
    return Number(text);
  };
  if (given.only !== undefined && !names.includes(given.only))
    problems.push(`--only is '${given.only}', expected one of ${names.join(', ')}`);
  const options = {
    kills: number('kills', 500, 0),
    rounds: number('rounds', 20, 0),
    only: given.only,
    seed: number('seed', Math.floor(random() * SEED_LIMIT), 0),
    minutes: number('minutes', 24 * 60, 1),
    atOnce: number('at-once', Math.min(2, availableParallelism()), 1),
  };
  if (problems.length > 0) throw new OptionError('pnpm soak', problems, HINT);
  return options;
}

function parse(args: readonly string[]) {
  try {
    const text = { type: 'string' } as const;
    const options = { kills: text, rounds: text, only: text, seed: text, minutes: text, 'at-once': text };
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new OptionError('pnpm soak', [error instanceof Error ? error.message : String(error)], HINT);
  }
}
