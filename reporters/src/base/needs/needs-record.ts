/** Tells the workers what tests need of others, and how those end. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FullConfig, Suite, TestCase, TestResult } from '@playwright/test/reporter';
import {
  identityTitle,
  NEEDS_UNKNOWN_ANNOTATION,
  type NeededResult,
  type NeededTest,
  type NeedsPlan,
  type PlannedNeed,
} from '@quality-hub/protocol';
import type { Normaliser } from '../normalise.ts';
import type { FoundNeeds } from './plan-needs.ts';

/** Of what is needed and not in the run: so many are named. */
const SHOWN_UNKNOWN = 3;

export interface NeedsRecordOptions {
  readonly found: FoundNeeds;
  /** The tests of this run, of this shard where it has several. */
  readonly selected: readonly TestCase[];
  readonly isSharded: boolean;
  readonly keyOf: (test: TestCase) => string;
  readonly titleOf: (test: TestCase) => string;
  readonly maskText: (text: string) => string;
}

export class NeedsRecord {
  readonly #needs: NeedsPlan['needs'];
  readonly #needed: ReadonlySet<string>;
  readonly #neededElsewhere: Readonly<Record<string, number>>;
  readonly #keyOf: (test: TestCase) => string;
  readonly #maskText: (text: string) => string;
  /** What tests have run without, and which tests. */
  readonly #unknown = new Map<string, Set<TestCase>>();
  #results: string | undefined;
  /** What was told, for another place if it has to be moved. */
  #told = '';

  constructor({ found, selected, isSharded, keyOf, titleOf, maskText }: NeedsRecordOptions) {
    const here = new Set(selected);
    const plannedTest = (test: TestCase, mayRunBeside: boolean): NeededTest => ({
      test: keyOf(test),
      title: titleOf(test),
      timeoutMs: test.timeout,
      mayRunBeside,
      ...(here.has(test) ? {} : { absent: isSharded ? 'other-shard' : 'not-selected' }),
    });
    const needs: Record<string, readonly PlannedNeed[]> = {};
    const elsewhere: Record<string, number> = {};
    for (const [asker, all] of found) {
      if (!here.has(asker)) {
        for (const { test } of all.flatMap(({ tests }) => tests))
          if (here.has(test)) elsewhere[keyOf(test)] = test.retries;
        continue;
      }
      needs[keyOf(asker)] = all.map(({ said, tests, problem, meant }) => ({
        said: maskText(said),
        tests: tests.map(({ test, mayRunBeside }) => plannedTest(test, mayRunBeside)),
        ...(problem === undefined ? {} : { problem: maskText(problem) }),
        ...(meant === undefined ? {} : { meant: maskText(meant) }),
      }));
    }
    this.#needs = needs;
    this.#neededElsewhere = elsewhere;
    this.#needed = new Set(
      Object.values(needs).flatMap(all => all.flatMap(({ tests }) => tests.map(({ test }) => test))),
    );
    this.#keyOf = keyOf;
    this.#maskText = maskText;
  }

  /** What can never be met, each sentence once. */
  get problems(): readonly string[] {
    const all = Object.values(this.#needs).flatMap(needs =>
      needs.flatMap(({ said, problem }) => (problem === undefined ? [] : [`Tests need ${said}, but ${problem}`])),
    );
    return [...new Set(all)];
  }

  /**
   * Writes the plan into the folder of the run.
   *
   * @returns its path; undefined where the folder cannot be written, and workers will say that they know nothing.
   */
  write(folder: string, shard: number): string | undefined {
    const path = join(folder, `needs.${shard}.json`);
    const results = join(folder, `needs.${shard}.results`);
    const plan: NeedsPlan = {
      needs: this.#needs,
      needed: [...this.#needed],
      neededElsewhere: this.#neededElsewhere,
      results,
    };
    try {
      writeFileSync(results, this.#told, { mode: 0o600 });
      writeFileSync(path, JSON.stringify(plan), { mode: 0o600 });
    } catch {
      return undefined;
    }
    this.#results = results;
    return path;
  }

  began(test: TestCase): void {
    this.#tell(test, 'running');
  }

  ended(test: TestCase, result: TestResult): void {
    this.#tell(test, stateOf(test, result));
    for (const { type, description = '' } of result.annotations) {
      if (type !== NEEDS_UNKNOWN_ANNOTATION) continue;
      const tests = this.#unknown.get(description) ?? new Set();
      this.#unknown.set(description, tests.add(test));
    }
  }

  /** For the last lines of the run: what is needed, and was not in it; undefined where all of it was. */
  get unknown(): string | undefined {
    const all = [...this.#unknown.keys()];
    if (all.length === 0) return undefined;
    const tests = new Set([...this.#unknown.values()].flatMap(one => [...one])).size;
    const shown = all.slice(0, SHOWN_UNKNOWN).map(text => this.#maskText(text));
    const more = all.length > SHOWN_UNKNOWN ? [`and ${all.length - SHOWN_UNKNOWN} more`] : [];
    return `${tests === 1 ? '1 test has' : `${tests} tests have`} run, and nobody knows of what ${tests === 1 ? 'it needs' : 'they need'}: ${[...shown, ...more].join('; ')}`;
  }

  #tell(test: TestCase, state: NeededResult['state']): void {
    const key = this.#keyOf(test);
    if (!this.#needed.has(key)) return;
    const line = `${JSON.stringify({ test: key, state } satisfies NeededResult)}\n`;
    this.#told += line;
    if (this.#results !== undefined) appendFileSync(this.#results, line);
  }
}

export interface RecordNeedsFacts {
  readonly config: Pick<FullConfig, 'shard'>;
  readonly suite: Suite;
  readonly normaliser: Normaliser;
  /** Hears of each need that can never be met, before the first test; the tests that have it fail with the same words. */
  readonly tell: (sentence: string) => void;
}

export function recordNeeds(
  found: FoundNeeds | undefined,
  { config, suite, normaliser, tell }: RecordNeedsFacts,
): NeedsRecord | undefined {
  if (found === undefined) return undefined;
  const record = new NeedsRecord({
    found,
    selected: suite.allTests(),
    isSharded: config.shard !== null,
    keyOf: test => normaliser.key(test),
    titleOf: test => identityTitle(normaliser.identity(test)),
    maskText: text => normaliser.text(text),
  });
  for (const problem of record.problems) tell(problem);
  return record;
}

function stateOf(test: TestCase, { status, retry }: TestResult): NeededResult['state'] {
  if (status === 'skipped') return 'skipped';
  if (status === test.expectedStatus) return 'passed';
  return retry < test.retries && status !== 'interrupted' ? 'again' : 'failed';
}
