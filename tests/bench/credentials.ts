/**
 * Is the verdict `credential` right? Runs a suite near whose failures there is a secret each time, reads the hub's report of it,
 * and counts. Half a minute on two free cores.
 *
 * `pnpm bench credentials`
 *
 * With QH_POSTGRES_URL databases that refuse a password are among the cases. People read stderr, machines the JSON lines on
 * stdout. The exit code is 1 when a target is missed, and 2 when the benchmark itself is not in order.
 */
import { errorSentence } from '@quality-hub/protocol';
import { casesFor } from './credentials/cases.ts';
import { runSuite } from './credentials/run-suite.ts';
import { atLeast, atMost, say, tell } from './figure.ts';
import { attemptsOf, judged } from './verdicts/attempts.ts';
import { isRight, scoreOf } from './verdicts/confusion.ts';
import { partText, wrongText } from './verdicts/tell.ts';

const RIGHT = { unit: 'ratio', target: 0.95 };
const FALSE = { unit: 'attempts', target: 1 };
const LEAST_ATTEMPTS = { unit: 'attempts', target: 40 };

try {
  const postgres = process.env['QH_POSTGRES_URL'];
  const cases = casesFor({ postgres: postgres !== undefined });
  await using run = await runSuite({ postgres });
  const { failed, defects } = attemptsOf(cases, run.events);
  if (defects.length > 0) {
    say(`The benchmark is not in order:\n${defects.join('\n')}`);
    if (failed.length === 0) say(run.output.slice(-4000));
    process.exitCode = 2;
  } else {
    const all = judged(failed, (await run.report()).failures);
    const { right, attempts } = scoreOf(all);
    const falsely = all.filter(one => one.verdict === 'credential' && !isRight(one));
    say(partText('credentials', all));
    say(wrongText(all));
    tell([
      atLeast('credentials.right', right / attempts, RIGHT),
      atMost('credentials.false', falsely.length, FALSE),
      atLeast('credentials.attempts', attempts, LEAST_ATTEMPTS),
    ]);
  }
} catch (error) {
  say(errorSentence(error));
  process.exitCode = 1;
}
