/** Keeps the numbers in `docs/proof.md`: a soak replaces the lines of the kinds that it has run often, all else stays. */
import { availableParallelism, platform, release, totalmem } from 'node:os';
import { type Kind, type Round, sumFacts } from './round.ts';

export interface SoakFacts {
  readonly kinds: readonly Kind[];
  readonly rounds: readonly Round[];
  /** Seed of the first rounds. */
  readonly seed: number;
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly playwrightVersion: string;
}

const HEAD = ['kind', 'what happens', 'day', 'seeds from', 'rounds', 'tests planned', 'finished', 'lost', 'not run'];
const COLUMNS = [...HEAD, 'MB more', 'broken'];
/** Fewer say little, and somebody looks for something. */
const LEAST_ROUNDS = 20;
const TABLE = /^\|.*\|$(?:\n^\|.*\|$)*/m;
const LAST_SOAK = /^The last soak .*$/m;

/** @throws {Error} If the page has no table or no sentence about the last soak. */
export function updatedProof(page: string, facts: SoakFacts): string {
  const roundsOf = ({ name }: Kind): readonly Round[] => facts.rounds.filter(round => round.kind === name);
  if (!facts.kinds.some(kind => roundsOf(kind).length >= LEAST_ROUNDS)) return page;
  const table = TABLE.exec(page)?.[0];
  if (table === undefined || !LAST_SOAK.test(page)) throw new Error('docs/proof.md has no table, or no last soak');
  const before = new Map(table.split('\n').map(line => [/^\| `([^`]+)`/.exec(line)?.[1], cellsOf(line)]));
  const rows = facts.kinds.flatMap(kind => {
    const rounds = roundsOf(kind);
    const kept = before.get(kind.name);
    return rounds.length >= LEAST_ROUNDS ? [row(kind, rounds, facts)] : kept ? [kept] : [];
  });
  return page.replace(TABLE, () => tableOf([COLUMNS, ...rows])).replace(LAST_SOAK, () => lastSoak(facts));
}

function lastSoak({ rounds, startedAt, durationMs, playwrightVersion }: SoakFacts): string {
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  const machine = `${availableParallelism()} cores, ${gigabytes} GB, ${platform()} ${release().split('-')[0]}`;
  const versions = `Node ${process.versions.node}, Playwright ${playwrightVersion}`;
  return `The last soak of ${dayOf(startedAt)} had ${rounds.length} rounds in ${Math.round(durationMs / 60_000)} minutes: ${machine}, ${versions}.`;
}

function row({ name, what }: Kind, rounds: readonly Round[], { startedAt, seed }: SoakFacts): string[] {
  const { planned, finished, lost, notRun } = sumFacts(rounds);
  const broken = rounds.filter(round => round.broken.length > 0);
  const seeds = broken.length === 0 ? '' : ` (seed ${broken.map(round => round.seed).join(', ')})`;
  const memory = rounds.flatMap(({ moreMb }) => moreMb ?? []);
  const most = memory.length === 0 ? '' : Math.max(0, ...memory);
  const counts = [seed, rounds.length, planned, finished, lost, notRun, most, `${broken.length}${seeds}`];
  return [`\`${name}\``, what, dayOf(startedAt), ...counts.map(String)];
}

function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}

function cellsOf(line: string): string[] {
  return line
    .slice(1, -1)
    .split('|')
    .map(cell => cell.trim());
}

/** As the formatter wants it. The first row is the head. */
function tableOf(rows: readonly (readonly string[])[]): string {
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map(each => each[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = '', ...body] = rows.map(line);
  return [head, `| ${widths.map(width => '-'.repeat(width)).join(' | ')} |`, ...body].join('\n');
}
