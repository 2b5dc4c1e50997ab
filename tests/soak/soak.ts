/**
 * `pnpm soak [--kills N] [--rounds N] [--only KIND] [--seed N] [--minutes N] [--at-once N]`
 *
 * Runs rounds of faults and loads against real Playwright projects, and puts the numbers of the kinds that had 20
 * rounds into `docs/proof.md`, also when it is stopped early. The exit code is 1 when a round broke an invariant, 2 when an option is wrong.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { errorSentence } from '@quality-hub/protocol';
import { KINDS } from './kinds.ts';
import { type Options, readOptions } from './options.ts';
import { planRounds } from './plan-rounds.ts';
import { updatedProof } from './proof.ts';
import { type Round, repeatCommand, runRound } from './round.ts';
import { withServers } from './servers.ts';

const PROOF = join(import.meta.dirname, '../../docs/proof.md');

async function soak(options: Options): Promise<number> {
  const startedAt = new Date();
  const waiting = [...planRounds(KINDS, options)];
  const stopServers = await withServers(waiting.flatMap(({ kind }) => kind.needs ?? []));
  const total = waiting.length;
  const deadline = startedAt.getTime() + options.minutes * 60_000;
  const rounds: Round[] = [];
  const conclude = (): number => {
    const broken = rounds.filter(round => round.broken.length > 0);
    console.log(`${rounds.length} of ${total} rounds done, ${broken.length} broke an invariant`);
    writeProof(rounds, options.seed, startedAt);
    return broken.length > 0 ? 1 : 0;
  };
  // Hours of rounds are not thrown away because somebody needs the machine.
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      conclude();
      process.exit(130);
    });
  }
  console.log(`${total} rounds, seeds from ${options.seed} on`);
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next && Date.now() < deadline; next = waiting.shift()) {
      const round = await runRound(next.kind, next.seed, { full: true });
      rounds.push(round);
      tell(round, `${rounds.length}/${total}`);
    }
  };
  try {
    await Promise.all(Array.from({ length: options.atOnce }, work));
  } finally {
    await stopServers();
  }
  return conclude();
}

function writeProof(rounds: readonly Round[], seed: number, startedAt: Date): void {
  const playwrightVersion = createRequire(import.meta.url)('@playwright/test/package.json').version as string;
  const durationMs = Date.now() - startedAt.getTime();
  const facts = { kinds: KINDS, rounds, seed, startedAt, durationMs, playwrightVersion };
  writeFileSync(PROOF, updatedProof(readFileSync(PROOF, 'utf8'), facts));
}

function tell(round: Round, place: string): void {
  const { kind, seed, planned, finished, notRun, lost, durationMs, broken, kept } = round;
  const counts = `${planned} planned = ${finished} finished + ${notRun} not run + ${lost} lost`;
  console.log(`${place}  ${kind}, seed ${seed}: ${counts}  ${(durationMs / 1000).toFixed(1)} s`);
  for (const words of broken) console.log(`  BROKEN ${words}`);
  if (kept) console.log(`  kept in ${kept}; again with ${repeatCommand(round)}`);
}

try {
  process.exitCode = await soak(readOptions(process.argv.slice(2)));
} catch (error) {
  console.error(errorSentence(error));
  process.exitCode = 2;
}
