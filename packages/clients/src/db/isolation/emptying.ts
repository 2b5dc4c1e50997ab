/** The strategy `truncate`: tables are empty before a test, whoever has left something in them, and after it. */
import type { SqlDatabase } from '../sql-database.ts';
import { type IsolatedTest, testOn } from './isolated-test.ts';
import { type TruncateOptions, truncateAll } from './truncate.ts';

export interface EmptyingOptions extends TruncateOptions {
  /** Fills the empty tables again. */
  readonly seed?: (database: SqlDatabase) => Promise<unknown>;
  /** Nobody has used it yet, as with a copy that was made just now. @default false */
  readonly isClean?: boolean;
}

export interface Emptying {
  /** Empties what a killed worker, or an undoing that failed, has left. */
  ready(): Promise<void>;
  /** Somebody has used it without `begin`. */
  spoil(): void;
  begin(url?: string): IsolatedTest;
}

export function emptying(database: SqlDatabase, { keep, seed, isClean = false }: EmptyingOptions): Emptying {
  let clean = isClean;
  const empty = async (): Promise<void> => {
    await truncateAll(database, keep ? { keep } : {});
    await seed?.(database);
    clean = true;
  };
  return {
    async ready() {
      if (!clean) await empty();
    },
    spoil() {
      clean = false;
    },
    begin(url) {
      clean = false;
      const undo = async (): Promise<readonly string[]> => {
        await empty();
        return [];
      };
      return testOn(database, 'truncate', undo, url);
    },
  };
}
