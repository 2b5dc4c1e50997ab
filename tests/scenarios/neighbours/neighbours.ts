/** The reporters that users have beside ours: their options, what they leave behind, and what they count. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InlineResult } from '@quality-hub/testkit';
import { zipMembers } from '../../leaks/zip-members.ts';
import { CONFIG, OPTION, type ReporterEntry, TITLE } from './secret-suite.ts';

/** How many tests ended how, in the words of the neighbour. */
export type Totals = Readonly<Record<string, number>>;

export interface Neighbour {
  readonly entry: ReporterEntry;
  /** Its files and folders in the project. */
  readonly output: readonly string[];
  /** Its own totals, from its output or from what it printed. */
  readonly totals: (run: InlineResult) => Totals;
  /** What it tells although it stands behind ours: it copies that before any reporter could have masked it. */
  readonly tells?: readonly string[];
  /** What it tells where it stands in front of ours: that is why ours should be the first. */
  readonly tellsInFront?: readonly string[];
}

export const NEIGHBOURS: Readonly<Record<string, Neighbour>> = {
  list: printing('list'),
  line: printing('line'),
  dot: printing('dot'),
  github: printing('github'),
  null: { entry: ['null'], output: [], totals: () => ({}) },
  html: {
    entry: ['html', { open: 'never' }],
    output: ['playwright-report'],
    totals: htmlTotals,
    tellsInFront: [CONFIG],
  },
  json: {
    entry: ['json', { outputFile: 'out.json' }],
    tellsInFront: [OPTION, CONFIG],
    output: ['out.json'],
    totals: run => {
      const { expected, unexpected, flaky, skipped } = run.json<{ stats: Record<string, number> }>('out.json').stats;
      return { expected, unexpected, flaky, skipped } as Totals;
    },
  },
  junit: {
    entry: ['junit', { outputFile: 'out.xml' }],
    output: ['out.xml'],
    totals: run => {
      const [head = ''] = /<testsuites[^>]*>/.exec(run.file('out.xml')) ?? [];
      return Object.fromEntries(
        [...head.matchAll(/(tests|failures|skipped|errors)="(\d+)"/g)].map(([, k, n]) => [k, Number(n)]),
      );
    },
  },
  blob: {
    entry: ['blob'],
    output: ['blob-report'],
    totals: blobTotals,
    tells: [CONFIG],
    tellsInFront: [TITLE, CONFIG],
  },
  'allure-playwright': {
    entry: ['allure-playwright', { environmentInfo: { node: process.version } }],
    output: ['allure-results'],
    totals: allureTotals,
  },
  'monocart-reporter': {
    entry: ['monocart-reporter', { outputFile: 'monocart-report/index.html', logging: 'error' }],
    output: ['monocart-report'],
    tellsInFront: [CONFIG],
    totals: run => {
      const { summary } = run.json<{ summary: Record<string, { value: number }> }>('monocart-report/index.json');
      return Object.fromEntries(
        ['tests', 'passed', 'failed', 'flaky', 'skipped'].map(k => [k, summary[k]?.value ?? -1]),
      );
    },
  },
  'playwright-ctrf-json-reporter': {
    entry: ['playwright-ctrf-json-reporter', { outputDir: 'ctrf', outputFile: 'ctrf.json' }],
    output: ['ctrf'],
    totals: run => {
      const { results } = run.json<{ results: { summary: Record<string, number> } }>('ctrf/ctrf.json');
      const { start: _start, stop: _stop, duration: _duration, ...totals } = results.summary;
      return totals;
    },
  },
};

/** Prints its totals and leaves no file. */
function printing(name: string): Neighbour {
  return { entry: [name], output: [], totals: printedTotals };
}

/** "2 failed", "1 did not run": the lines of Playwright's own summary. Our block comes after it, and others' tables. */
function printedTotals({ output }: InlineResult): Totals {
  const [theirs = ''] = output.split('\nQuality Hub  ');
  const lines = theirs
    .replaceAll('%0A', '\n')
    .matchAll(/^(?:.*::)? {2}(\d+) (failed|passed|flaky|skipped|did not run)/gm);
  return Object.fromEntries([...lines].map(([, count, word]) => [word, Number(count)]));
}

function htmlTotals(run: InlineResult): Totals {
  const [, data = ''] =
    /data:application\/zip;base64,([A-Za-z0-9+/=]+)/.exec(run.file('playwright-report/index.html')) ?? [];
  const report = zipMembers(Buffer.from(data, 'base64')).find(({ name }) => name === 'report.json');
  const { total, expected, unexpected, flaky, skipped } = JSON.parse(String(report?.bytes)).stats;
  return { total, expected, unexpected, flaky, skipped };
}

/** Attempts by status: a blob counts nothing itself. */
function blobTotals(run: InlineResult): Totals {
  const folder = join(run.dir, 'blob-report');
  const [zip = ''] = readdirSync(folder);
  const report = zipMembers(readFileSync(join(folder, zip))).find(({ name }) => name === 'report.jsonl');
  const events = String(report?.bytes)
    .trim()
    .split('\n')
    .map(line => JSON.parse(line));
  return countBy(events.filter(({ method }) => method === 'onTestEnd').map(({ params }) => params.result.status));
}

function allureTotals(run: InlineResult): Totals {
  const folder = join(run.dir, 'allure-results');
  const results = existsSync(folder) ? readdirSync(folder).filter(name => name.endsWith('-result.json')) : [];
  return countBy(results.map(name => run.json<{ status: string }>(`allure-results/${name}`).status));
}

function countBy(words: readonly string[]): Totals {
  const totals: Record<string, number> = {};
  for (const word of words) totals[word] = (totals[word] ?? 0) + 1;
  return totals;
}
