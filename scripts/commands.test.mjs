/** Wrong words on the command line: one sentence, exit code 2, and no set-up before it. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { placesOf } from './setup/places.mjs';
import { run } from './setup/processes.mjs';
import { judgeDemonstration } from './start/judge-demonstration.mjs';

const { root } = placesOf();

test.each([
  ['start.mjs', ['--bad-day'], 'npm start does not know "--bad-day": it takes --good-day'],
  ['start.mjs', ['--good-day', 'now'], 'npm start does not know "now"'],
  ['test.mjs', ['everything'], 'npm test does not know "everything": name stages (check, unit,'],
  ['bench.mjs', [], 'pnpm bench needs the name of a benchmark'],
  ['bench.mjs', ['../x'], 'not "../x"'],
])('%s %j', async (script, args, sentence) => {
  const { code, output } = await run(process.execPath, [join(root, 'scripts', script), ...args]);
  expect(code).toBe(2);
  expect(output).toContain(sentence);
  expect(output.trim().split('\n')).toHaveLength(1);
});

test.each([
  ['a green good day', { day: 'good', exitCode: 0 }, true, 'exit code 0, as it should'],
  ['a red good day', { day: 'good', exitCode: 1 }, false, 'on a good day every test should pass'],
  [
    'a red bad day with verdicts',
    { day: 'bad', exitCode: 1, shown: { failures: [{ verdict: 'product' }, { verdict: 'unknown' }] } },
    true,
    '1 of 2 failures have a verdict',
  ],
  ['a green bad day', { day: 'bad', exitCode: 0, shown: { failures: [] } }, false, 'it should be 1'],
  ['a bad day that was interrupted', { day: 'bad', exitCode: 130 }, false, 'exit code 130'],
  ['a bad day that nobody kept', { day: 'bad', exitCode: 1 }, false, 'the hub kept no record'],
  [
    'a bad day without verdicts',
    { day: 'bad', exitCode: 1, shown: { failures: [{ verdict: 'unknown' }] } },
    false,
    'none of them got a verdict',
  ],
])('%s is judged', (_name, facts, ok, words) => {
  const judged = judgeDemonstration(facts);
  expect(judged.ok).toBe(ok);
  expect(judged.sentence).toContain(words);
});
