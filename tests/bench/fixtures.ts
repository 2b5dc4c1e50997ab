/**
 * What the recorder costs a test, and the mask a message, in the worker.
 *
 * `pnpm bench fixtures [--blocks N]`
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorSentence, OptionError } from '@quality-hub/protocol';
import { createMask } from '@quality-hub/telemetry';
import { runInline } from '@quality-hub/testkit';
import { maskMessage } from '../../fixtures/src/base/mask/mask-message.ts';
import { atMost, say, tell } from './figure.ts';
import { alternatingSuite, BLOCK, type Marks } from './measure/alternating-suite.ts';
import { readNumbers } from './measure/options.ts';
import { median, middleHalf } from './measure/statistics.ts';

const SECRETS = 50;
const MASK_ROUNDS = 200;

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
  await using run = await runInline(alternatingSuite(blocks), { timeoutMs: 900_000 });
  if (run.exitCode !== 0) throw new Error(run.output.slice(-2000));
  const marks = JSON.parse(readFileSync(join(run.dir, 'marks.json'), 'utf8')) as Marks;
  if (new Set(marks.map(({ worker }) => worker)).size !== 1) throw new Error('The tests ran in more than one worker');
  const bare = blockTimes(marks, 'bare');
  const again = ratios(blockTimes(marks, 'again'), bare);
  const silent = ratios(blockTimes(marks, 'silent'), bare);
  const evidence = ratios(blockTimes(marks, 'evidence'), bare);
  const noise = spreadOfParts(again);
  say(`A bare test takes ${median(bare).toFixed(2)} ms`);

  const messages = JSON.parse(readFileSync(join(run.dir, 'messages.json'), 'utf8')) as unknown[];
  const values = Array.from({ length: SECRETS }, (_, n) => `s3cret-${n}-${'k'.repeat(8)}${n * 7919}`);
  const mask = createMask({ values });
  const files = { file: () => {} };
  const perMessage: number[] = [];
  for (let round = 0; round < MASK_ROUNDS; round++) {
    const startMs = performance.now();
    for (const message of messages) maskMessage(message, mask, files);
    perMessage.push(((performance.now() - startMs) * 1000) / messages.length);
  }
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
    atMost('fixtures.mask.message', median(perMessage), {
      unit: 'µs',
      target: 5,
      noise: middleHalf(perMessage),
    }),
  ]);
} catch (error) {
  say(errorSentence(error));
  process.exitCode = error instanceof OptionError ? 2 : 1;
}
