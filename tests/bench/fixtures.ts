/**
 * What the recorder costs a test, and the mask a message, in the worker.
 *
 * `pnpm bench fixtures [--blocks N]`
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorSentence, OptionError } from '@quality-hub/protocol';
import { runInline } from '@quality-hub/testkit';
import { atMost, say, tell } from './figure.ts';
import { alternatingSuite, BLOCK, type Marks, type Measured } from './measure/alternating-suite.ts';
import { readNumbers } from './measure/options.ts';
import { compare } from './measure/rounds.ts';
import { median } from './measure/statistics.ts';

const SECRETS = 50;

/** Median time from one test of a block to the next, in milliseconds, for each block of a kind. */
function blockTimes(marks: Marks, kind: string): number[] {
  const own = marks.filter(mark => mark.kind === kind);
  const times: number[] = [];
  for (let from = 0; from < own.length; from += BLOCK) {
    const block = own.slice(from, from + BLOCK);
    times.push(median(block.slice(1).map(({ atMs }, index) => atMs - (block[index]?.atMs ?? Number.NaN))));
  }
  return times;
}

/** Medians of so many parts of the run, the lowest and the highest. */
function spreadOfParts(values: readonly number[], parts = 5): readonly [number, number] {
  const size = Math.ceil(values.length / parts);
  const medians = Array.from({ length: parts }, (_, part) => median(values.slice(part * size, (part + 1) * size)));
  return [Math.min(...medians), Math.max(...medians)];
}

function ratios(ours: readonly number[], base: readonly number[]): number[] {
  return ours.map((ms, index) => ms / (base[index] ?? Number.NaN));
}

try {
  const { blocks } = readNumbers(process.argv.slice(2), { blocks: 150 });
  say(`Running ${blocks * BLOCK * 4} tests in one worker`);
  const secrets = Array.from({ length: SECRETS }, (_, n) => `s3cret-${n}-${'k'.repeat(8)}${n * 7919}`);
  await using run = await runInline(alternatingSuite(blocks, secrets), { timeoutMs: 900_000 });
  if (run.exitCode !== 0) throw new Error(run.output.slice(-2000));
  const { marks, masked, unmasked } = JSON.parse(readFileSync(join(run.dir, 'measured.json'), 'utf8')) as Measured;
  if (new Set(marks.map(({ worker }) => worker)).size !== 1) throw new Error('The tests ran in more than one worker');
  const bare = blockTimes(marks, 'bare');
  const again = ratios(blockTimes(marks, 'again'), bare);
  const silent = ratios(blockTimes(marks, 'silent'), bare);
  const evidence = ratios(blockTimes(marks, 'evidence'), bare);
  const mask = compare(masked, unmasked, (ours, base) => ours - base);
  const noise = spreadOfParts(again);
  say(`A bare test takes ${median(bare).toFixed(2)} ms`);
  tell([
    atMost('fixtures.recorder.nothing-seen', median(silent), {
      unit: 'ratio',
      target: 1.01,
      noise,
    }),
    atMost('fixtures.recorder.evidence', median(evidence), {
      unit: 'ratio',
      target: 1.025,
      noise,
    }),
    atMost('fixtures.mask.message', mask.value, { unit: 'µs', target: 5, noise: mask.spread }),
  ]);
} catch (error) {
  say(errorSentence(error));
  process.exitCode = error instanceof OptionError ? 2 : 1;
}
