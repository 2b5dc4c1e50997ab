/**
 * Some rounds of every kind that `pnpm soak` runs by the hundred: with fixed seeds, and with one that is new each time.
 * QH_SEED=N runs with that seed instead of a new one.
 */
import { expect, test } from '@playwright/test';
import { KINDS } from '../soak/kinds.ts';
import { SEED_LIMIT } from '../soak/random.ts';
import { type Kind, repeatCommand, runRound } from '../soak/round.ts';

const FIXED_SEED = 7;

// Loads take seconds on a free machine, and minutes on one that is busy with other things.
test.describe.configure({ timeout: 300_000 });

async function holds(kind: Kind, seed: number): Promise<void> {
  const missing = (kind.needs ?? []).filter(name => !process.env[name]);
  test.skip(missing.length > 0, `needs ${missing.join(' and ')}`);
  console.log(`${kind.name}, seed ${seed}`);
  const { broken, kept } = await runRound(kind, seed);
  expect(broken, `kept in ${kept}; again with: ${repeatCommand({ kind: kind.name, seed })}`).toEqual([]);
}

for (const kind of KINDS) {
  test(`nothing is lost: ${kind.what} (${kind.name}, seed ${FIXED_SEED})`, () => holds(kind, FIXED_SEED));

  if (kind.isKill) {
    const given = process.env.QH_SEED;
    test(`nothing is lost: ${kind.what} (${kind.name}, ${given ? `seed ${given}` : 'a new seed'})`, () =>
      holds(kind, given ? Number(given) : Math.floor(Math.random() * SEED_LIMIT)));
  }
}
