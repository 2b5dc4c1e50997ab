/** One test on an isolated database: what it uses, and how that is undone. */
import type { SqlDatabase } from '../sql-database.ts';
import type { IsolationStrategy } from './strategy.ts';

export interface IsolationReport {
  readonly strategy: IsolationStrategy;
  /** What it took to undo the test, in milliseconds. */
  readonly resetMs: number;
  /** Sentences about what was not undone, or may not have been. */
  readonly warnings: readonly string[];
}

export interface IsolatedTest {
  /** What the test uses. */
  readonly database: SqlDatabase;
  /** Of the copy, for the code under test; undefined for other strategies. */
  readonly url: string | undefined;
  /** Undoes what the test wrote. Safe to call twice. */
  end(): Promise<IsolationReport>;
}

/** A test that `undo` undoes, once. */
export function testOn(
  database: SqlDatabase,
  strategy: IsolationStrategy,
  undo: () => Promise<readonly string[]>,
  url?: string,
): IsolatedTest {
  let report: Promise<IsolationReport> | undefined;
  return {
    database,
    url,
    end() {
      report ??= (async () => {
        const startedMs = performance.now();
        const warnings = await undo();
        return { strategy, warnings, resetMs: performance.now() - startedMs };
      })();
      return report;
    },
  };
}
