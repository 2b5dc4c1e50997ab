/**
 * Is the verdict `credential` right? Runs a suite near whose failures there is a secret each time, reads the hub's report of it,
 * and counts. Two minutes.
 *
 * `pnpm bench credentials [--keep] [--again FOLDER]`
 *
 * With QH_POSTGRES_URL and QH_MARIADB_URL databases that refuse somebody are among the cases. People read stderr, machines the JSON lines on
 * stdout. The exit code is 1 when a target is missed, and 2 when the benchmark itself is not in order.
 */
import { parseArgs } from 'node:util';
import { errorSentence } from '@quality-hub/protocol';
import { casesFor } from './credentials/cases.ts';
import { runSuite } from './credentials/run-suite.ts';
import { atLeast, atMost, say, tell } from './figure.ts';
import { attemptsOf, judged } from './verdicts/attempts.ts';
import { isRight, scoreOf } from './verdicts/confusion.ts';
import { keepRun, keptFolder, readKeptRun, type SuiteRun } from './verdicts/kept-run.ts';
import { partText, wrongText } from './verdicts/tell.ts';

const RIGHT = { unit: 'ratio', target: 0.95 };
const FALSE = { unit: 'attempts', target: 1 };
const LEAST_ATTEMPTS = { unit: 'attempts', target: 40 };

const { QH_POSTGRES_URL: postgres, QH_MARIADB_URL: mariadb } = process.env;
const databases = postgres === undefined || mariadb === undefined ? undefined : { postgres, mariadb };
const cases = casesFor({ databases: databases !== undefined });

try {
  const { values } = parseArgs({
    options: { keep: { type: 'boolean', default: false }, again: { type: 'string' } },
  });
  if (values.again !== undefined) await count(readKeptRun(values.again));
  else {
    const dir = values.keep ? keptFolder() : undefined;
    await using run = await runSuite({ databases, dir });
    if (dir !== undefined) {
      keepRun(dir, { events: run.events, parts: [run] });
      say(`Kept in ${dir}`);
    }
    await count({ events: run.events, output: run.output, failures: async () => (await run.report()).failures });
  }
} catch (error) {
  say(errorSentence(error));
  process.exitCode = 1;
}

async function count({ events, output, failures }: SuiteRun): Promise<void> {
  const { failed, defects } = attemptsOf(cases, events);
  if (defects.length > 0) {
    say(`The benchmark is not in order:\n${defects.join('\n')}`);
    if (failed.length === 0) say(output.slice(-4000));
    process.exitCode = 2;
    return;
  }
  const all = judged(failed, await failures());
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
