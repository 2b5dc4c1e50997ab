/** Writes one cluster: what its failures share, why, what to do, and the tests. */
import type { ReportedFailure, RunReport } from '@quality-hub/hub';
import type { Verdict } from '@quality-hub/protocol';
import type { Style, Terminal } from '../terminal/terminal.ts';
import { percent, plural } from '../terminal/words.ts';
import { wrap } from '../terminal/wrap.ts';

const REASONS_SHOWN = 4;

const VERDICT_STYLES = {
  product: 'red',
  environment: 'yellow',
  data: 'yellow',
  credential: 'yellow',
  test: 'magenta',
  interference: 'magenta',
  resource: 'yellow',
  unknown: 'cyan',
} as const satisfies Readonly<Record<Verdict, Style>>;

/** Prints at most `limit` tests and says how many it has printed. */
export function printCluster(
  terminal: Terminal,
  cluster: RunReport['clusters'][number],
  failures: readonly ReportedFailure[],
  limit: number,
): number {
  const { paint, width } = terminal;
  const byTest = Map.groupBy(failures, ({ identity }) => identity.key);
  const print = (lines: readonly string[]): void => lines.forEach(line => void terminal.out(line));

  const attempts = cluster.attempts > cluster.tests ? `, ${plural(cluster.attempts, 'attempt')}` : '';
  const verdict = paint(['bold', VERDICT_STYLES[cluster.verdict]], cluster.verdict);
  print(wrap(`${verdict} · ${plural(cluster.tests, 'test')}${attempts}${confidence(failures)}`, width));
  print(wrap(cluster.title, width, '  '));
  const reasons = [...new Set(failures.flatMap(failure => failure.reasons))];
  for (const [index, reason] of reasons.slice(0, REASONS_SHOWN).entries()) {
    print(wrap(reason, width, index === 0 ? `  ${paint('dim', 'because')} ` : '          '));
  }
  if (reasons.length > REASONS_SHOWN) print([`          and ${plural(reasons.length - REASONS_SHOWN, 'more reason')}`]);
  print(wrap(cluster.remedy, width, `  ${paint('dim', 'do')}      `));

  const shown = [...byTest.values()].slice(0, limit);
  let said = cluster.title;
  for (const attemptsOfTest of shown) {
    print(testLines(terminal, attemptsOfTest, said));
    said = messageOf(attemptsOfTest) || said;
  }
  return shown.length;
}

function testLines({ paint, width }: Terminal, attempts: readonly ReportedFailure[], said: string): string[] {
  const [first] = attempts;
  if (!first) return [];
  const place = first.location ? ` (${first.location.file}:${first.location.line})` : '';
  const notes = [
    ...(first.outcome === 'failed' ? [] : [first.outcome]),
    ...(attempts.length > 1 ? [plural(attempts.length, 'attempt')] : []),
    // The group of a variant says it in the title.
    ...first.flags.filter(flag => !first.identity.titlePath.includes(flag)),
  ];
  const note = notes.length === 0 ? '' : ` [${notes.join(', ')}]`;
  const lines = wrap(`${first.identity.title}${place}${note}`, width, `    ${paint('red', '✘')} `);
  const message = messageOf(attempts);
  // It is often the title of the cluster, or the same as that of the test before: said once is enough.
  if (message !== '' && !said.includes(message))
    lines.push(...wrap(message, width, '      ').map(line => paint('dim', line)));
  return lines;
}

/** `, confidence 87 %`, or the range over the failures. */
function confidence(failures: readonly ReportedFailure[]): string {
  const values = failures.map(failure => failure.confidence);
  if (values.length === 0) return '';
  const [low, high] = [percent(Math.min(...values)), percent(Math.max(...values))];
  return low === high ? ` · confidence ${high}` : ` · confidence ${low} to ${high}`;
}

/** The first line of a test's first error. */
function messageOf(attempts: readonly ReportedFailure[]): string {
  return attempts[0]?.message.split('\n', 1)[0] ?? '';
}
