/** One round of the proof: a project made from a seed, a fault, and what is known afterwards. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Random } from './random.ts';

/** What a round is given. */
export interface RoundPlace {
  readonly seed: number;
  readonly random: Random;
  /** A fresh folder inside the workspace, so that its projects find our packages. */
  readonly dir: string;
  /** True for the numbers of the issue; false for the smaller ones of `npm test`. */
  readonly full: boolean;
}

/** What a round has found. `broken` is empty when every invariant held. */
export interface RoundFacts {
  readonly planned: number;
  readonly finished: number;
  readonly lost: number;
  readonly notRun: number;
  readonly broken: readonly string[];
  /** How much more memory the runner took than without our reporter, where that was measured. */
  readonly moreMb?: number;
}

/** A kind of fault or load, and how to do one round of it. */
export interface Kind {
  /** As in `--only`. */
  readonly name: string;
  /** What happens in a round, for people. */
  readonly what: string;
  /** Counts among the kills, which are many; all others are rounds. */
  readonly isKill: boolean;
  /** Variables with the addresses of servers that it needs. */
  readonly needs?: readonly string[];
  run(place: RoundPlace): Promise<RoundFacts>;
}

export interface Round extends RoundFacts {
  readonly kind: string;
  readonly seed: number;
  readonly durationMs: number;
  /** Where the project of a broken round is. */
  readonly kept: string | undefined;
}

export interface RoundOptions {
  readonly full?: boolean;
}

/** Runs one round. Its folder goes away, unless an invariant is broken. A round that throws is a broken one. */
export async function runRound(kind: Kind, seed: number, { full = false }: RoundOptions = {}): Promise<Round> {
  const scratch = resolve(import.meta.dirname, '../../.scratch');
  mkdirSync(scratch, { recursive: true });
  const dir = mkdtempSync(join(scratch, `soak-${kind.name}-`));
  const startedAt = performance.now();
  const facts = await kind.run({ seed, random: new Random(seed), dir, full }).catch(thrown);
  const isBroken = facts.broken.length > 0;
  if (!isBroken) rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  const durationMs = performance.now() - startedAt;
  return { ...facts, kind: kind.name, seed, durationMs, kept: isBroken ? dir : undefined };
}

/** What to type to see a round again. */
export function repeatCommand({ kind, seed }: Pick<Round, 'kind' | 'seed'>): string {
  return `pnpm soak --only ${kind} --seed ${seed} --rounds 1`;
}

/** The counts of several runs together. */
export function sumFacts(all: readonly RoundFacts[]): RoundFacts {
  const total = (name: 'planned' | 'finished' | 'lost' | 'notRun'): number =>
    all.reduce((sum, facts) => sum + facts[name], 0);
  return {
    planned: total('planned'),
    finished: total('finished'),
    lost: total('lost'),
    notRun: total('notRun'),
    broken: all.flatMap(({ broken }) => broken),
  };
}

function thrown(error: unknown): RoundFacts {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { planned: 0, finished: 0, lost: 0, notRun: 0, broken: [`the round itself broke: ${text}`] };
}
