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
import { type Comparison, compare } from './measure/rounds.ts';
import { lowerQuartile } from './measure/statistics.ts';

const SECRETS = 50;

/** Parts of the run that are judged by themselves as well: how far they lie apart is the noise of the whole. */
const PARTS = 5;

/** Times from one test of a kind to the next one, in milliseconds. */
function times(marks: Marks, kind: string): number[] {
  const own = marks.filter(mark => mark.kind === kind);
  return own.flatMap(({ atMs }, index) => (index % BLOCK === 0 ? [] : [atMs - (own[index - 1]?.atMs ?? Number.NaN)]));
}

/** How much longer a test of `ours` takes: of the whole run, and the lowest and the highest of its parts. */
function ratio(ours: readonly number[], base: readonly number[]): Comparison {
  const size = Math.ceil(base.length / PARTS);
  const parts = Array.from({ length: PARTS }, (_, part) => {
    const [from, to] = [part * size, (part + 1) * size];
    return lowerQuartile(ours.slice(from, to)) / lowerQuartile(base.slice(from, to));
  });
  return { value: lowerQuartile(ours) / lowerQuartile(base), spread: [Math.min(...parts), Math.max(...parts)] };
}

try {
  const { blocks } = readNumbers(process.argv.slice(2), { blocks: 150 });
  say(`Running ${blocks * BLOCK * 4} tests in one worker`);
  const secrets = Array.from({ length: SECRETS }, (_, n) => `s3cret-${n}-${'k'.repeat(8)}${n * 7919}`);
  await using run = await runInline(alternatingSuite(blocks, secrets), { timeoutMs: 900_000 });
  if (run.exitCode !== 0) throw new Error(run.output.slice(-2000));
  const { marks, masked, unmasked } = JSON.parse(readFileSync(join(run.dir, 'measured.json'), 'utf8')) as Measured;
  if (marks.length !== blocks * BLOCK * 4) throw new Error('The tests ran in more than one worker');
  const bare = times(marks, 'bare');
  const { spread: noise } = ratio(times(marks, 'again'), bare);
  const mask = compare(masked, unmasked, (ours, base) => ours - base);
  say(`A bare test takes ${lowerQuartile(bare).toFixed(2)} ms`);
  const recorder = (name: string, kind: string, target: number) =>
    atMost(name, ratio(times(marks, kind), bare).value, { unit: 'ratio', target, noise });
  tell([
    recorder('fixtures.recorder.nothing-seen', 'silent', 1.01),
    recorder('fixtures.recorder.evidence', 'evidence', 1.025),
    atMost('fixtures.mask.message', mask.value, { unit: 'µs', target: 5, noise: mask.spread }),
  ]);
} catch (error) {
  say(errorSentence(error));
  process.exitCode = error instanceof OptionError ? 2 : 1;
}
