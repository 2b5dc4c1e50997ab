import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { eventStreamContract, type InlineResult, runInline } from '@quality-hub/testkit';
import { findValues } from '../leaks/find-values.ts';
import { NEIGHBOURS, type Neighbour, type Totals } from './neighbours/neighbours.ts';
import { recordOf } from './neighbours/record-of.ts';
import { ENVIRONMENT, type ReporterEntry, SECRETS, secretSuite, type Using } from './neighbours/secret-suite.ts';

const OURS: ReporterEntry = ['@quality-hub/reporters'];
const ALL = Object.values(NEIGHBOURS);
const COUNTS = { planned: 8, finished: 8, passed: 3, failed: 2, flaky: 1, skipped: 2 };

function run(reporters: readonly ReporterEntry[], { using, args = [] }: { using?: Using; args?: string[] } = {}) {
  return runInline(secretSuite(reporters, using), { env: ENVIRONMENT, args });
}

/** What our reporter records where it is alone, and what each neighbour counts where we are not there: once a worker. */
let alone: Promise<unknown> | undefined;
let without: Promise<Totals[]> | undefined;

async function recordAlone(): Promise<unknown> {
  await using result = await run([OURS]);
  return recordOf(result);
}

async function totalsWithout(): Promise<Totals[]> {
  const entries = ALL.map(({ entry }) => entry);
  await using result = await run(entries, { using: '@playwright/test' });
  return ALL.map(({ totals }) => totals(result));
}

interface Places {
  /** Those that ours stands behind. */
  readonly inFront?: readonly Neighbour[];
  readonly behind?: readonly Neighbour[];
}

/** No secret in what is left or printed; our record as if we were alone; their totals as if they were without us. */
async function expectGoodNeighbours(result: InlineResult, { inFront = [], behind = [] }: Places): Promise<void> {
  expect(result.exitCode, result.output).toBe(1);
  expect(SECRETS.filter(secret => result.output.includes(secret))).toEqual([]);
  const told = (places: readonly string[]) => {
    const found = places.flatMap(place => findValues(join(result.dir, place), SECRETS));
    return SECRETS.filter(secret => found.some(place => place.endsWith(`: ${secret}`)));
  };
  expect(told(['.quality-hub', 'test-results'])).toEqual([]);
  for (const { output, tellsInFront = [] } of inFront) expect(told(output)).toEqual(tellsInFront);
  for (const { output, tells = [] } of behind) expect(told(output)).toEqual(tells);

  expect(eventStreamContract(result.events)).toEqual([]);
  alone ??= recordAlone();
  expect(recordOf(result)).toEqual(await alone);
  expect((await result.report()).counts).toMatchObject(COUNTS);
  expect(result.output).toMatch(/(\d+) of \1 events kept/);

  without ??= totalsWithout();
  const expected = await without;
  for (const neighbour of [...inFront, ...behind]) {
    expect(neighbour.totals(result), neighbour.entry[0]).toEqual(expected[ALL.indexOf(neighbour)]);
  }
}

test.describe.configure({ mode: 'parallel', timeout: 180_000 });

for (const [name, neighbour] of Object.entries(NEIGHBOURS)) {
  test(`${name} behind ours: neither changes the other, and no secret is told`, async () => {
    await using result = await run([OURS, neighbour.entry]);
    await expectGoodNeighbours(result, { behind: [neighbour] });
  });

  test(`${name} in front of ours: neither changes the other, and no secret of a test is told`, async () => {
    await using result = await run([neighbour.entry, OURS]);
    await expectGoodNeighbours(result, { inFront: [neighbour] });
  });
}

// Several that print at once mix their lines: their totals are read where each is alone.
const QUIET = ALL.filter(({ output }) => output.length > 0);
const half = Math.floor(QUIET.length / 2);
const entriesOf = (neighbours: readonly Neighbour[]) => neighbours.map(({ entry }) => entry);

test('all reporters behind ours: none changes another, and no secret is told', async () => {
  await using result = await run([OURS, ...entriesOf(ALL)]);
  await expectGoodNeighbours(result, { behind: QUIET });
});

test('ours in the midst of others: none changes another, and no secret of a test is told', async () => {
  const [inFront, behind] = [QUIET.slice(0, half), QUIET.slice(half)];
  await using result = await run([...entriesOf(inFront), OURS, ...entriesOf(behind)]);
  await expectGoodNeighbours(result, { inFront, behind });
});

test('named by --reporter in front of others, which see no secret', async () => {
  const { list, blob } = NEIGHBOURS as Record<'list' | 'blob', Neighbour>;
  await using result = await run([['null']], { args: ['--reporter=@quality-hub/reporters,list,blob'] });
  await expectGoodNeighbours(result, { behind: [list, blob] });
});

test('added by --add-reporter behind all others, which see no secret of a test', async () => {
  const inFront = QUIET.toReversed();
  await using result = await run(entriesOf(inFront), { args: ['--add-reporter=@quality-hub/reporters'] });
  await expectGoodNeighbours(result, { inFront });
});
