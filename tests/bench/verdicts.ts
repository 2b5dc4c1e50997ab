/**
 * Are the verdicts right? Runs a suite whose failures have known causes, reads the hub's report of it, and counts.
 *
 * `pnpm bench verdicts [--half open|held] [--seed N] [--all] [--keep] [--only TITLE] [--again FOLDER]`
 *
 * People read stderr, machines the JSON lines on stdout. The exit code is 1 when a target is missed, and 2 when the
 * benchmark itself is not in order.
 */
import { errorSentence, OptionError } from '@quality-hub/protocol';
import { attemptsOf, type JudgedAttempt, judged } from './verdicts/attempts.ts';
import type { Case } from './verdicts/case.ts';
import { cases } from './verdicts/cases.ts';
import { scoreOf } from './verdicts/confusion.ts';
import { HALVES, halfOf } from './verdicts/halves.ts';
import { keepRun, keptFolder, readKeptRun, type SuiteRun } from './verdicts/kept-run.ts';
import { type Options, readOptions } from './verdicts/options.ts';
import { runSuite } from './verdicts/run-suite.ts';
import { attemptsFigure, type Figure, partText, rightFigure, wrongProductFigure, wrongText } from './verdicts/tell.ts';

const say = (text: string) => process.stderr.write(`${text}\n`);

async function bench(options: Options): Promise<number> {
  const chosen = cases.filter(({ title }) => title.startsWith(options.only ?? ''));
  if (options.again !== undefined) return count(chosen, readKeptRun(options.again), options);
  const dir = options.keep ? keptFolder() : undefined;
  say(`The suite has ${chosen.length} tests that fail; on two free cores they take about five minutes.`);
  await using result = await runSuite(chosen, { dir, only: options.only });
  if (dir) {
    keepRun(dir, result);
    say(`Kept in ${dir}`);
  }
  // Awaited: the folder goes away with the result.
  return await count(chosen, result, options);
}

async function count(wanted: readonly Case[], run: SuiteRun, options: Options): Promise<number> {
  const { failed, defects } = attemptsOf(wanted, run.events);
  if (defects.length > 0) {
    say(`The benchmark is not in order:\n${defects.join('\n')}`);
    if (failed.length === 0) say(run.output.slice(-4000));
    if (options.only === undefined) return 2;
  }
  const figures = tell(judged(failed, await run.failures()), options);
  for (const figure of figures) console.log(JSON.stringify(figure));
  return figures.every(({ ok }) => ok) ? 0 : 1;
}

/** Prints each half, and both together; hands back the figures. */
function tell(all: readonly JudgedAttempt[], { halves, seed, all: showsHeld }: Options): Figure[] {
  const parts = halves.map(half => ({ half, attempts: all.filter(one => halfOf(seed, one.case) === half) }));
  const told = parts.flatMap(({ attempts }) => attempts);
  for (const { half, attempts } of parts) {
    say(partText(half, attempts));
    // Who writes the rules must not learn from the held half.
    if (half === 'open' || showsHeld) say(wrongText(attempts));
  }
  const whole = halves.length === HALVES.length;
  if (whole) say(partText('total', told));
  return [
    ...parts.map(({ half, attempts }) => rightFigure(half, scoreOf(attempts))),
    ...(whole ? [rightFigure('total', scoreOf(told))] : []),
    wrongProductFigure(scoreOf(told)),
    attemptsFigure(all.length),
  ];
}

try {
  process.exitCode = await bench(readOptions(process.argv.slice(2)));
} catch (error) {
  say(errorSentence(error));
  process.exitCode = error instanceof OptionError ? 2 : 1;
}
