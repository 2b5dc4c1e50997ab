/** The databases of tests: each undone after the test that touched it, in the way that is chosen for it. */
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type {
  IsolatedTest,
  Isolation,
  IsolationOptions,
  IsolationStrategy,
  QueryRecord,
  SqlDatabase,
  Templates,
} from '@quality-hub/clients/db';
import type { Evidence, PoolStatistics } from '@quality-hub/protocol';
import { DatabaseNotReadyError, RuntimeNameError } from './errors.ts';
import type { OwnTime } from './own-time.ts';
import { PoolTotals } from './pool-totals.ts';
import type { DatabaseSection } from './sections.ts';
import { SlowQueries } from './slow-queries.ts';

export interface IsolationParts {
  readonly sections: Readonly<Record<string, DatabaseSection>>;
  readonly databases: ReadonlyMap<string, SqlDatabase>;
  /** A client of the same database at another address. */
  readonly openAt: (name: string, url: string) => SqlDatabase;
  readonly runId: string;
  /** What paths of SQL files begin at. */
  readonly folder: string;
  /** What workers share; copies of SQLite files are made beside it. */
  readonly stateFile: string | undefined;
  readonly time: OwnTime;
  readonly observe: (evidence: Evidence) => void;
}

/** One for the worker that comes after a failure, and one more where two workers fail at once. */
const SPARES = 2;

/** Strategies by the name of the database, where a test chooses others than the configuration. */
export type ChosenStrategies = Readonly<Record<string, IsolationStrategy>>;

export interface DatabasesOfTest {
  /** Makes copies and empties tables, in time of its own. Never fails: who touches a database that is not ready is told. */
  ready(): Promise<void>;
  /**
   * @throws {RuntimeNameError} (`QH_RUNTIME_NAME`)
   * @throws {DatabaseNotReadyError} (`QH_DATABASE_NOT_READY`)
   */
  database(name: string): SqlDatabase;
  /** Slow statements of the test with their plans, as a text; undefined where there are none. Before `end`. */
  plans(): Promise<string | undefined>;
  /** Undoes what the test wrote, in time of its own. Returns sentences about what was not undone. */
  end(): Promise<readonly string[]>;
}

export class IsolatedDatabases {
  readonly #parts: IsolationParts;
  readonly #isolations = new Map<string, Promise<Isolation>>();
  readonly #templates = new Map<string, Promise<Templates>>();
  readonly #sweeps = new Map<string, Promise<void>>();

  readonly #totals = new PoolTotals();
  #slow = new SlowQueries();

  constructor(parts: IsolationParts) {
    this.#parts = parts;
  }

  /** A statement has ended. */
  heard(query: QueryRecord): void {
    if (this.#parts.sections[query.database]?.plans) this.#slow.take(query);
  }

  /** Of its pool, with those of the copies of this worker. */
  statisticsOf(database: SqlDatabase): PoolStatistics {
    return this.#totals.of(database.name, database);
  }

  /** For one test; the next one begins when this one has ended. @throws {RuntimeNameError} (`QH_RUNTIME_NAME`) */
  forTest(chosen: ChosenStrategies = {}): DatabasesOfTest {
    const { databases } = this.#parts;
    for (const name of Object.keys(chosen))
      if (!databases.has(name)) throw new RuntimeNameError('database', name, [...databases.keys()]);
    const isolations = new Map<string, Isolation>();
    const failures = new Map<string, unknown>();
    const touched = new Map<string, IsolatedTest>();
    const slow = new SlowQueries();
    this.#slow = slow;
    return {
      plans: () => this.#parts.time.outsideOfTest(() => slow.told()),
      ready: async () => {
        const names = [...databases.keys()].filter(name => this.#strategyOf(name, chosen) !== 'none');
        await Promise.all(
          names.map(name =>
            this.#ready(name, this.#strategyOf(name, chosen)).then(
              isolation => isolations.set(name, isolation),
              (error: unknown) => failures.set(name, error),
            ),
          ),
        );
      },
      database: name => {
        const found = databases.get(name);
        if (!found) throw new RuntimeNameError('database', name, [...databases.keys()]);
        if (failures.has(name)) throw new DatabaseNotReadyError(name, failures.get(name));
        const isolation = isolations.get(name);
        if (!isolation) {
          this.#spoil(name);
          return found;
        }
        const test = touched.get(name) ?? isolation.beginNow();
        touched.set(name, test);
        return test.database;
      },
      end: async () => (await Promise.all([...touched].map(([name, test]) => this.#end(name, test)))).flat(),
    };
  }

  /** Where the code under test finds the database of this worker: its copy, where the configuration chooses `template`. */
  async addressOf(name: string): Promise<string> {
    const section = this.#parts.sections[name];
    if (!section) throw new RuntimeNameError('database', name, Object.keys(this.#parts.sections));
    if (section.isolation !== 'template') return addressFrom(section.url);
    const { url } = await this.#ready(name, 'template');
    return url ?? addressFrom(section.url);
  }

  /** Drops the copies of this worker. Never fails: what cannot be dropped now is swept when this process has ended. */
  async close(): Promise<void> {
    await closeEach(this.#isolations);
    await Promise.all(this.#sweeps.values());
    await closeEach(this.#templates);
  }

  /** A test that undoes nothing uses it: one that wants it empty cannot rely on what an earlier one has left. */
  #spoil(name: string): void {
    void this.#isolations
      .get(keyOf(name, 'truncate'))
      ?.then(isolation => isolation.spoil())
      .catch(() => undefined);
  }

  #strategyOf(name: string, chosen: ChosenStrategies): IsolationStrategy {
    return chosen[name] ?? this.#parts.sections[name]?.isolation ?? 'none';
  }

  async #ready(name: string, strategy: IsolationStrategy): Promise<Isolation> {
    const { time, observe } = this.#parts;
    const startedMs = performance.now();
    try {
      return await time.outsideOfTest(async () => {
        const isolation = await this.#isolation(name, strategy);
        await isolation.ready();
        if (strategy === 'template') this.#sweep(name);
        return isolation;
      });
    } catch (error) {
      observe({
        kind: 'database',
        database: name,
        operation: `isolation ${strategy}`,
        durationMs: performance.now() - startedMs,
        ...failureOf(error),
      });
      throw error;
    }
  }

  #isolation(name: string, strategy: IsolationStrategy): Promise<Isolation> {
    return kept(this.#isolations, keyOf(name, strategy), async () => {
      const { createIsolation } = await import('@quality-hub/clients/db');
      return createIsolation(await this.#optionsFor(name, strategy));
    });
  }

  async #optionsFor(name: string, strategy: IsolationStrategy): Promise<IsolationOptions> {
    const { sections, databases, openAt, folder } = this.#parts;
    const { readFilling } = await import('@quality-hub/clients/db');
    const { truncate = {}, template } = sections[name] ?? {};
    const seed = truncate.seed === undefined ? undefined : (await readFilling(truncate.seed, folder)).fill;
    const options = {
      strategy,
      database: databases.get(name) as SqlDatabase,
      ...(truncate.keep ? { keep: truncate.keep } : {}),
      ...(seed ? { seed } : {}),
    };
    if (strategy !== 'template') return options;
    return {
      ...options,
      templates: await kept(this.#templates, name, () => this.#openTemplates(name)),
      openClone: url => this.#totals.opened(name, openAt(name, url)),
      ...(template?.between ? { between: template.between } : {}),
    };
  }

  async #openTemplates(name: string): Promise<Templates> {
    const { sections, folder, runId, stateFile } = this.#parts;
    const { openTemplates, readFilling, IsolationError, NO_TEMPLATE } = await import('@quality-hub/clients/db');
    const { kind, url, template } = sections[name] ?? {};
    if (!kind || !url || !template)
      throw new IsolationError(`databases.${name}: ${NO_TEMPLATE}`, 'Choose another strategy, or say what it holds');
    const { key, fill } = await readFilling(template.prepare, folder);
    const copies = join(stateFile === undefined ? tmpdir() : dirname(stateFile), 'databases');
    return openTemplates({
      kind,
      url: await addressFrom(template.server ?? (kind === 'sqlite' ? copies : url)),
      key: template.key ?? key ?? name,
      runId,
      prepare: fill,
      spares: template.spares ?? SPARES,
    });
  }

  /** After the first copy: a test waits for that, and nobody for this. */
  #sweep(name: string): void {
    if (this.#sweeps.has(name)) return;
    const { observe } = this.#parts;
    const sweep = async (): Promise<void> => {
      const dropped = (await (await this.#templates.get(name))?.sweep()) ?? [];
      if (dropped.length > 0) observe({ kind: 'note', name: 'database.swept', data: { database: name, dropped } });
    };
    this.#sweeps.set(
      name,
      sweep().catch(() => undefined),
    );
  }

  async #end(name: string, test: IsolatedTest): Promise<readonly string[]> {
    const { time, observe } = this.#parts;
    try {
      const { strategy, warnings } = await time.outsideOfTest(() => test.end());
      if (warnings.length > 0)
        observe({ kind: 'note', name: 'database.isolation', data: { database: name, strategy, warnings } });
      return warnings;
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      observe({ kind: 'cleanup', record: `database ${name}`, outcome: 'failed', detail });
      return [`What the test wrote to "${name}" could not be undone: ${detail}. The next test tries it again`];
    }
  }
}

function keyOf(name: string, strategy: IsolationStrategy): string {
  return `${strategy} ${name}`;
}

async function closeEach(all: ReadonlyMap<string, Promise<{ close(): Promise<void> }>>): Promise<void> {
  await Promise.allSettled([...all.values()].map(async made => (await made).close()));
}

/** A making that fails is tried again by the next who asks. */
function kept<T>(all: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const found = all.get(key);
  if (found !== undefined) return found;
  const made = make();
  all.set(key, made);
  made.catch(() => all.delete(key));
  return made;
}

async function addressFrom(url: DatabaseSection['url']): Promise<string> {
  return typeof url === 'function' ? url() : url;
}

function failureOf(error: unknown): { readonly errorCode?: string; readonly message?: string } {
  if (!(error instanceof Error)) return { message: String(error) };
  const { code, serverCode } = error as { code?: string; serverCode?: string };
  const told = serverCode ?? code;
  return { ...(told === undefined ? {} : { errorCode: told }), message: error.message };
}
