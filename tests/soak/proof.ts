/** Writes `docs/proof.md` from the rounds of a soak that has happened. */
import { availableParallelism, platform, release, totalmem } from 'node:os';
import { MEMORY_LIMIT_MB } from './load/load-round.ts';
import { type Kind, type Round, repeatCommand, sumFacts } from './round.ts';

export interface ProofFacts {
  readonly kinds: readonly Kind[];
  readonly rounds: readonly Round[];
  /** Seed of the first rounds. */
  readonly seed: number;
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly playwrightVersion: string;
}

export function proofText({ kinds, rounds, seed, startedAt, durationMs, playwrightVersion }: ProofFacts): string {
  const rows = kinds.map(kind =>
    row(
      kind,
      rounds.filter(round => round.kind === kind.name),
    ),
  );
  const kills = rounds.filter(round => kinds.some(({ name, isKill }) => isKill && name === round.kind)).length;
  const broken = rounds.filter(round => round.broken.length > 0);
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return `# Proof

Every line below is a kind of fault or load, done again and again to small real Playwright projects. What each round does is
decided by its seed: how many tests, workers, retries and files there are, what each test does, and when the fault strikes, from
the first millisecond of the start-up to the last words of the run.

\`pnpm soak\` wrote this page on ${startedAt.toISOString().slice(0, 10)}, after ${rounds.length} rounds, ${kills} of them kills, in ${Math.round(durationMs / 60_000)} minutes, with seeds
from ${seed} on: ${availableParallelism()} cores, ${gigabytes} GB, ${platform()} ${release().split('-')[0]}, Node ${process.versions.node}, Playwright ${playwrightVersion}.

${table(['kind', 'what happens', 'rounds', 'tests planned', 'finished', 'lost', 'not run', 'MB more', 'broken'], rows)}

\`MB more\` is the most memory that the runner took beyond the same suite without our reporter.

${broken.length === 0 ? 'No round broke an invariant.' : brokenList(broken)}

## What holds after every round

Each test writes numbered evidence and, without any code of ours, the truth about itself into a file of its own. A reporter
that is listed behind ours writes down what the runner told both. After the run has ended or died, the spools, the database and
the report are compared with that:

- Every planned test is accounted for, once: \`planned = finished + not run + lost\`.
- What the runner had told our reporter before it died is in the record, with the same status; the record is at most the one
  callback ahead in which the kill fell.
- Every piece of evidence that a test had given is kept, once and in order, also of a test that never ended.
- A test that was running is told as failed or lost, with the reason, or as interrupted, where the runner still said so.
- The events of every process are numbered without a gap, valid, and all of them are in the database.
- No secret is left in clear in the hub's folder; the database passes \`PRAGMA integrity_check\`; reading the spools once more
  changes nothing.
- No process lives on, nothing hangs, none of our stack traces is printed, and the suite has its own exit code: faults in
  workers and in the database give the one they give without us.
- Under load, every line of output, step, error, attachment and title is in the record, whole and in order, and the runner
  takes at most ${MEMORY_LIMIT_MB} MB more memory than without our reporter. Error texts above 64 KiB keep both ends and tell
  how many characters were left out.

Not covered: a machine that loses its power. Events are handed to the operating system, not forced onto the disk.

\`npm test\` runs some rounds of every kind. \`${repeatCommand({ kind: 'sigkill', seed })}\` runs one again, \`pnpm soak\` all of them.
`;
}

function row({ name, what }: Kind, rounds: readonly Round[]): string[] {
  const { planned, finished, lost, notRun } = sumFacts(rounds);
  const broken = rounds.filter(round => round.broken.length > 0).length;
  const memory = rounds.flatMap(({ moreMb }) => moreMb ?? []);
  const most = memory.length === 0 ? '' : Math.max(0, ...memory);
  return [`\`${name}\``, what, ...[rounds.length, planned, finished, lost, notRun, most, broken].map(String)];
}

/** As the formatter wants it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, column) => Math.max(cell.length, ...rows.map(each => each[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), `| ${widths.map(width => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)].join('\n');
}

function brokenList(broken: readonly Round[]): string {
  const items = broken.map(round => `- \`${repeatCommand(round)}\`: ${round.broken[0]?.split('\n')[0]}`);
  return `These rounds broke an invariant:\n\n${items.join('\n')}`;
}
