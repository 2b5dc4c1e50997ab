/** One database of the configuration, with its tables. */
import type { TableModel } from '@quality-hub/data/scaffold';
import type { Database } from '@quality-hub/protocol';
import type { CommandContext, ParsedArguments } from '../command-line/command.ts';
import { didYouMean } from '../command-line/parse-arguments.ts';
import { DataCommandError, UsageError } from '../errors.ts';
import { withRuntime } from '../sweep/runtime-here.ts';

export interface OpenedDatabase {
  readonly name: string;
  readonly database: Database;
  /** Parents before their children. */
  readonly tables: readonly TableModel[];
  /** Those that were asked for, else all. */
  readonly chosen: readonly TableModel[];
}

/**
 * @throws {UsageError} (`QH_USAGE`) where it is not said which database, or a table is not there.
 * @throws {DataCommandError} (`QH_DATA_COMMAND`) where there is none.
 */
export async function withDatabase<T>(
  { options }: ParsedArguments,
  context: CommandContext,
  work: (opened: OpenedDatabase) => Promise<T>,
): Promise<T> {
  const { environment } = options;
  const place = { ...context, environment: typeof environment === 'string' ? environment : undefined };
  return withRuntime(place, async ({ runtime }) => {
    const { creationOrder, readTables } = await import('@quality-hub/data/scaffold');
    const name = nameFrom(options['database'], runtime.databaseNames);
    const database = runtime.database(name);
    const tables = creationOrder(await readTables(database));
    return work({ name, database, tables, chosen: chosenFrom(options['table'], tables) });
  });
}

function nameFrom(given: string | boolean | undefined, names: readonly string[]): string {
  const [only, ...more] = names;
  if (only === undefined) {
    throw new DataCommandError(
      'The configuration has no databases',
      "Name one in it: databases: { shop: { kind: 'postgres', url: … } }",
    );
  }
  if (typeof given === 'string' && names.includes(given)) return given;
  if (typeof given === 'string')
    throw new UsageError(`There is no database "${given}"${didYouMean(given, names)}`, `There are ${names.join(', ')}`);
  if (more.length === 0) return only;
  throw new UsageError('It is not said which database', `Say --database ${names.join(' or ')}`);
}

function chosenFrom(given: string | boolean | undefined, tables: readonly TableModel[]): readonly TableModel[] {
  if (typeof given !== 'string') return tables;
  const wanted = given.split('\n');
  const names = tables.map(({ name }) => name);
  const wrong = wanted.find(name => !names.includes(name));
  if (wrong !== undefined)
    throw new UsageError(`There is no table "${wrong}"${didYouMean(wrong, names)}`, `There are ${names.join(', ')}`);
  return tables.filter(({ name }) => wanted.includes(name));
}
