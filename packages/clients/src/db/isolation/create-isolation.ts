/** Undoes what a test wrote, in the way that is chosen for the database. */
import { OptionError } from '@quality-hub/protocol';
import type { SqlDatabase } from '../sql-database.ts';
import { HeldDatabase } from './held-database.ts';
import { StrangerWatch } from './strangers.ts';
import type { Clone, Templates } from './templates.ts';
import { type TruncateOptions, truncateAll } from './truncate.ts';

export type IsolationStrategy = 'transaction' | 'truncate' | 'template' | 'none';

export interface IsolationOptions extends TruncateOptions {
  readonly strategy: IsolationStrategy;
  /** Where `strategy` is `template` it is not used: the copy is opened by `openClone`. */
  readonly database: SqlDatabase;
  /** For `truncate`: fills the empty tables again. */
  readonly seed?: (database: SqlDatabase) => Promise<void>;
  /** For `template`: where copies come from. */
  readonly templates?: Templates;
  /** For `template`: a client of the copy. Its connections are closed with the isolation. */
  readonly openClone?: (url: string) => SqlDatabase;
  /** For `template`: what happens between two tests of one worker. `clone` makes the copy anew. @default 'clone' */
  readonly between?: 'clone' | 'transaction' | 'truncate' | 'none';
}

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

export interface Isolation extends AsyncDisposable {
  readonly strategy: IsolationStrategy;
  /** Before a test. One test at a time. */
  begin(): Promise<IsolatedTest>;
  /** Drops the copy of the worker. */
  close(): Promise<void>;
}

/** @throws {OptionError} where the strategy lacks what it needs (`QH_OPTION`). */
export function createIsolation(options: IsolationOptions): Isolation {
  const { strategy } = options;
  if (strategy !== 'template') return onDatabase(strategy, options.database, options);
  const { templates, openClone } = options;
  if (!templates || !openClone)
    throw new OptionError('Isolation "template"', ['"templates" and "openClone" are missing: it needs both']);
  return onClone(templates, openClone, options);
}

function onDatabase(strategy: IsolationStrategy, database: SqlDatabase, options: IsolationOptions): Isolation {
  const close = async (): Promise<void> => undefined;
  const watch = new StrangerWatch(database);
  return {
    strategy,
    close,
    [Symbol.asyncDispose]: close,
    begin: () => (strategy === 'transaction' ? inTransaction(database, watch) : inPlace(strategy, database, options)),
  };
}

async function inTransaction(database: SqlDatabase, watch: StrangerWatch): Promise<IsolatedTest> {
  const held = await database.hold();
  const strangers = await watch.begin(held);
  return ended(new HeldDatabase(database, held), undefined, 'transaction', async () => {
    const warnings = await strangers();
    await held.rollback();
    return warnings;
  });
}

async function inPlace(
  strategy: IsolationStrategy,
  database: SqlDatabase,
  { keep, seed }: IsolationOptions,
): Promise<IsolatedTest> {
  return ended(database, undefined, strategy, async () => {
    if (strategy === 'truncate') {
      await truncateAll(database, keep ? { keep } : {});
      await seed?.(database);
    }
    return [];
  });
}

function onClone(templates: Templates, openClone: (url: string) => SqlDatabase, options: IsolationOptions): Isolation {
  const { between = 'clone' } = options;
  let clone: Clone | undefined;
  let database: SqlDatabase | undefined;
  let watch: StrangerWatch | undefined;
  const close = async (): Promise<void> => {
    await database?.close();
    await clone?.drop();
    clone = undefined;
    database = undefined;
  };
  return {
    strategy: 'template',
    close,
    [Symbol.asyncDispose]: close,
    async begin() {
      clone ??= await templates.clone();
      database ??= openClone(clone.url);
      const { url } = clone;
      watch ??= new StrangerWatch(database);
      if (between === 'transaction') return { ...(await inTransaction(database, watch)), url };
      if (between === 'truncate') return { ...(await inPlace('truncate', database, options)), url };
      return ended(database, url, 'template', async () => {
        if (between === 'clone') {
          await database?.close();
          database = undefined;
          await clone?.reset();
        }
        return [];
      });
    },
  };
}

function ended(
  database: SqlDatabase,
  url: string | undefined,
  strategy: IsolationStrategy,
  undo: () => Promise<readonly string[]>,
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
