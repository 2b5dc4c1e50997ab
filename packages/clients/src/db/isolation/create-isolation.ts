/** Undoes what a test wrote, in the way that is chosen for the database. */
import { OptionError } from '@quality-hub/protocol';
import type { SqlDatabase } from '../sql-database.ts';
import { CopyOfWorker } from './copy-of-worker.ts';
import { emptying } from './emptying.ts';
import { inTransaction } from './in-transaction.ts';
import { type IsolatedTest, testOn } from './isolated-test.ts';
import { StrangerWatch } from './strangers.ts';
import type { IsolationStrategy } from './strategy.ts';
import type { Templates } from './templates.ts';
import type { TruncateOptions } from './truncate.ts';

export interface IsolationOptions extends TruncateOptions {
  readonly strategy: IsolationStrategy;
  /** Where `strategy` is `template` it is not used: the copy is opened by `openClone`. */
  readonly database: SqlDatabase;
  /** For `truncate`: fills the empty tables again. */
  readonly seed?: (database: SqlDatabase) => Promise<unknown>;
  /** For `template`: where copies come from. */
  readonly templates?: Templates;
  /** For `template`: a client of the copy. Its connections are closed with the isolation. */
  readonly openClone?: (url: string) => SqlDatabase;
  /** For `template`: what happens between two tests of one worker. `clone` makes the copy anew. @default 'clone' */
  readonly between?: 'clone' | 'transaction' | 'truncate' | 'none';
}

export interface Isolation extends AsyncDisposable {
  readonly strategy: IsolationStrategy;
  /**
   * Makes what the next test would wait for: the copy of the worker, tables that are empty. Does nothing where all is
   * ready. What an earlier test, or a killed worker, has left is undone here.
   */
  ready(): Promise<void>;
  /** Before a test, one test at a time: `ready`, then `beginNow`. */
  begin(): Promise<IsolatedTest>;
  /**
   * Where `ready` was awaited. A transaction begins with the first statement.
   *
   * @throws {IsolationError} where it was not (`QH_DB_ISOLATION`).
   */
  beginNow(): IsolatedTest;
  /** Somebody has used the database without `begin`: what must be clean is made so by the next `ready`. */
  spoil(): void;
  /** Of the copy of the worker, once it is ready; undefined for other strategies. */
  readonly url: string | undefined;
  /** Drops the copy of the worker. */
  close(): Promise<void>;
}

/** @throws {OptionError} where the strategy lacks what it needs (`QH_OPTION`). */
export function createIsolation(options: IsolationOptions): Isolation {
  const parts = partsOf(options);
  return {
    strategy: options.strategy,
    get url() {
      return parts.url?.();
    },
    ready: parts.ready,
    beginNow: parts.beginNow,
    close: parts.close,
    spoil: () => parts.spoil?.(),
    async begin() {
      await parts.ready();
      return parts.beginNow();
    },
    [Symbol.asyncDispose]: () => parts.close(),
  };
}

type Parts = Pick<Isolation, 'ready' | 'beginNow' | 'close'> & {
  readonly url?: () => string | undefined;
  readonly spoil?: () => void;
};

function partsOf(options: IsolationOptions): Parts {
  const { strategy, database, templates, openClone } = options;
  const nothing = async (): Promise<void> => undefined;
  if (strategy === 'transaction') {
    const watch = new StrangerWatch(database);
    return { ready: nothing, close: nothing, beginNow: () => inTransaction(database, watch) };
  }
  if (strategy === 'truncate') {
    const tables = emptying(database, options);
    return {
      ready: () => tables.ready(),
      close: nothing,
      beginNow: () => tables.begin(),
      spoil: () => tables.spoil(),
    };
  }
  if (strategy === 'none') {
    return { ready: nothing, close: nothing, beginNow: () => testOn(database, strategy, async () => []) };
  }
  if (!templates || !openClone)
    throw new OptionError('Isolation "template"', ['"templates" and "openClone" are missing: it needs both']);
  const copy = new CopyOfWorker({ ...options, templates, openClone });
  return { ready: () => copy.ready(), close: () => copy.close(), beginNow: () => copy.begin(), url: () => copy.url };
}
