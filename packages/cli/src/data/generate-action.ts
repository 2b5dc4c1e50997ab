/** `quality-hub data generate`: rows in any number. */
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { positiveInteger } from '../command-line/parse-arguments.ts';
import { UsageError } from '../errors.ts';
import { plural } from '../terminal/words.ts';
import type { DataAction } from './data-command.ts';
import { withDatabase } from './with-database.ts';

const DEFAULT_ROWS = 100;

/** @throws {RowsError} (`QH_DATA_ROWS`) where rows cannot keep the constraints. */
export const generateAction: DataAction = async (args, context) => {
  const { table, out, seed: given, locale, rows } = args.options;
  const count = positiveInteger('rows', rows, DEFAULT_ROWS);
  // Nobody fills every table by forgetting a word.
  if (typeof table !== 'string')
    throw new UsageError(
      'It is not said which tables',
      'Say --table for each of them, parents and children in any order',
    );
  const seed = typeof given === 'string' ? given : randomBytes(4).toString('hex');
  const { terminal } = context;
  return withDatabase(args, context, async ({ name, database, tables, chosen }) => {
    const { fillTables, generatedRows, seededFaker } = await import('@quality-hub/data/scaffold');
    const faker = await seededFaker({
      seed,
      work: `data generate ${name}`,
      ...(typeof locale === 'string' ? { locale } : {}),
    });
    const names = chosen.map(one => one.name);
    // In texts that have to be unique: another seed makes others.
    const options = { database, tables, names, count, faker, mark: seed };
    if (typeof out === 'string') {
      const { writeRows } = await import('@quality-hub/data');
      const { rows: written } = await writeRows(resolve(context.cwd, out), generatedRows(options));
      terminal.out(`${out} has ${plural(written, 'row')}. Again: --seed ${seed}`);
      return 0;
    }
    for (const { table: filled, rows: inserted } of await fillTables(options))
      terminal.out(`${filled}: ${plural(inserted, 'row')} more`);
    terminal.out(`Again, in an empty database: --seed ${seed}`);
    return 0;
  });
};
