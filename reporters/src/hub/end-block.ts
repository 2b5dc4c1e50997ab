/** The block at the end of a run: counts, verdicts, the largest clusters with their remedy, where to look, what was kept. */
import { relative } from 'node:path';
import { styleText } from 'node:util';
import {
  countWords,
  degradationWords,
  type Leak,
  leakSentence,
  leakWords,
  outageWords,
  poolWords,
  type ToldCounts,
  type ToldDegradation,
  type ToldOutage,
  type ToldPool,
  type Verdict,
  verdictWords,
} from '@quality-hub/protocol';
import type { HubFolder } from '@quality-hub/telemetry';

export interface EndCounts extends ToldCounts {
  readonly planned: number;
}

export interface EndCluster {
  readonly title: string;
  readonly verdict: Verdict;
  readonly tests: number;
  readonly remedy?: string;
}

export interface EndLeaks {
  readonly title: string;
  readonly left: readonly Leak[];
}

export interface EndBlock {
  readonly runId: string;
  readonly counts: EndCounts;
  readonly verdicts?: Readonly<Partial<Record<Verdict, number>>>;
  readonly clusters?: readonly EndCluster[];
  readonly outages?: readonly ToldOutage[];
  readonly degraded?: readonly ToldDegradation[];
  readonly pools?: readonly ToldPool[];
  /** What tests have created and nobody has removed, in words. */
  readonly leftBehind?: string;
  readonly leaks?: readonly EndLeaks[];
  readonly delivery: { readonly events: number; readonly kept: number };
  /** The events are in the spool, and not in the hub's database yet. */
  readonly spoolOnly?: boolean;
  readonly folder: HubFolder;
}

const SHOWN_CLUSTERS = 5;
const SHOWN_OUTAGES = 3;
const SHOWN_DEGRADED = 3;
const SHOWN_POOLS = 3;
const SHOWN_LEAKS = 3;
const WIDEST = 110;
const INDENT = 16;

type Style = Parameters<typeof styleText>[0];

const STYLES: Readonly<Record<Verdict, Style>> = {
  product: 'red',
  environment: 'yellow',
  data: 'magenta',
  credential: 'yellow',
  test: 'cyan',
  interference: 'magenta',
  resource: 'yellow',
  unknown: 'gray',
};

const COUNT_STYLES: Readonly<Record<keyof ToldCounts, Style>> = {
  passed: 'green',
  failed: 'red',
  flaky: 'yellow',
  skipped: 'cyan',
  blocked: 'yellow',
  muted: 'yellow',
  interrupted: 'yellow',
  notRun: 'yellow',
  lost: 'red',
};

/** The text of the block. Colours follow the terminal, `NO_COLOR` and `FORCE_COLOR`. */
export function endBlock(block: EndBlock, columns = process.stdout.columns ?? WIDEST): string {
  const width = Math.max(40, Math.min(columns, WIDEST));
  const clusters = block.clusters ?? [];
  const lines = [
    `${styleText('bold', 'Quality Hub')}  ${countsLine(block.counts)}`,
    ...verdictsLine(block.verdicts ?? {}),
    ...outageLines(block.outages ?? [], width),
    ...degradedLines(block.degraded ?? [], width),
    ...poolLines(block.pools ?? [], width),
    ...leftLines(block.leftBehind, width),
    ...leakLines(block.leaks ?? [], width),
    '',
    ...clusters.slice(0, SHOWN_CLUSTERS).flatMap(cluster => [...clusterLines(cluster, width), '']),
    ...(clusters.length > SHOWN_CLUSTERS ? [`  … and ${clusters.length - SHOWN_CLUSTERS} more causes`, ''] : []),
    `  Look closer  npx quality-hub show ${block.runId}`,
    `  Delivery     ${deliveryLine(block)}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** `412 tests: 400 passed, 8 failed, 2 flaky, 2 skipped`. */
export function countsLine(counts: EndCounts): string {
  const words = countWords(counts).map(({ count, outcome, word }) =>
    styleText(COUNT_STYLES[outcome], `${count} ${word}`),
  );
  return `${plural(counts.planned, 'test')}${words.length > 0 ? `: ${words.join(', ')}` : ''}`;
}

function verdictsLine(verdicts: Readonly<Partial<Record<Verdict, number>>>): string[] {
  const words = verdictWords(verdicts).map(({ count, verdict }) => `${count} ${styleText(STYLES[verdict], verdict)}`);
  return words.length === 0 ? [] : [`  Verdicts     ${words.join(', ')}`];
}

function outageLines(outages: readonly ToldOutage[], width: number): string[] {
  const told = outages.slice(0, SHOWN_OUTAGES).flatMap((outage, index) => {
    const { what, toll } = outageWords(outage);
    const lines = [...wrap(what, width - INDENT + 1), ...wrap(toll, width - INDENT + 1)];
    return lines.map(
      (line, part) => `${index + part === 0 ? '  Outages'.padEnd(INDENT - 1) : ' '.repeat(INDENT - 1)}${line}`,
    );
  });
  const left = outages.length - SHOWN_OUTAGES;
  return left > 0 ? [...told, `${' '.repeat(INDENT - 1)}… and ${left} more`] : told;
}

function degradedLines(degraded: readonly ToldDegradation[], width: number): string[] {
  if (degraded.length === 0) return [];
  const told = degraded.slice(0, SHOWN_DEGRADED).map(degradationWords);
  const left = degraded.length - told.length;
  const text = [...told, ...(left > 0 ? [`and ${left} more`] : [])].join('; ');
  return wrap(text, width - INDENT + 1).map(
    (line, index) => `${(index === 0 ? '  Less well' : '').padEnd(INDENT - 1)}${line}`,
  );
}

function poolLines(pools: readonly ToldPool[], width: number): string[] {
  const told = pools.flatMap(pool => poolWords(pool) ?? []);
  const lines = told.slice(0, SHOWN_POOLS).flatMap(words => wrap(words, width - INDENT + 1));
  const left = told.length - SHOWN_POOLS;
  const all = left > 0 ? [...lines, `… and ${left} more`] : lines;
  return all.map((line, index) => `${(index === 0 ? '  Connections' : '').padEnd(INDENT - 1)}${line}`);
}

function leftLines(words: string | undefined, width: number): string[] {
  if (words === undefined) return [];
  const lines = [...wrap(words, width - INDENT + 1), '→ npx quality-hub sweep'];
  return lines.map((line, index) => `${(index === 0 ? '  Leftovers' : '').padEnd(INDENT - 1)}${line}`);
}

function leakLines(leaks: readonly EndLeaks[], width: number): string[] {
  if (leaks.length === 0) return [];
  const all = leaks.flatMap(({ left }) => left);
  const lines = wrap(leakSentence(leaks.length, all), width - INDENT + 1);
  for (const {
    title,
    left: [first, ...more],
  } of leaks.slice(0, SHOWN_LEAKS)) {
    if (first === undefined) continue;
    const rest = more.length === 0 ? '' : ` and ${more.length} more`;
    lines.push(...wrap(`${title}: ${leakWords(first)}${rest}`, width - INDENT + 1));
  }
  const left = leaks.length - SHOWN_LEAKS;
  if (left > 0) lines.push(`… and ${left} more`);
  return lines.map((line, index) => `${(index === 0 ? '  Left open' : '').padEnd(INDENT - 1)}${line}`);
}

function clusterLines({ verdict, title, tests, remedy }: EndCluster, width: number): string[] {
  const count = `${tests}×`;
  const label = `  ${verdict}`.padEnd(INDENT - 1);
  const head = wrap(`${count} ${title}`, width - INDENT);
  return [
    `${styleText(STYLES[verdict], label)} ${styleText('bold', head[0] ?? '')}`,
    ...head.slice(1).map(line => ' '.repeat(INDENT) + styleText('bold', line)),
    ...(remedy ? wrap(`→ ${remedy}`, width - INDENT).map(line => ' '.repeat(INDENT) + line) : []),
  ];
}

function deliveryLine({ delivery: { events, kept }, spoolOnly, folder }: EndBlock): string {
  return `${kept} of ${events} events kept in ${spoolOnly ? 'the spool, ' : ''}${shortPath(folder.path)}`;
}

function shortPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short !== '' && !short.startsWith('..') ? short : path;
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.replace(/\s+/g, ' ').trim().split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
