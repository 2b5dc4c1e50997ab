/** `quality-hub data scaffold`: a first file of factories. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { errorSentence } from '@quality-hub/protocol';
import { DataCommandError } from '../errors.ts';
import { plural } from '../terminal/words.ts';
import type { DataAction } from './data-command.ts';
import { withDatabase } from './with-database.ts';

/** @throws {DataCommandError} (`QH_DATA_COMMAND`) where the file is there, or there is nothing to write one from. */
export const scaffoldAction: DataAction = async (args, context) => {
  const { out, 'json-schema': schemaFile } = args.options;
  const target = typeof out === 'string' ? resolve(context.cwd, out) : undefined;
  if (target !== undefined && existsSync(target))
    throw new DataCommandError(
      `${out} is there already`,
      'Name another file: what people have written is never replaced',
    );
  const { factoryFile, modelFromJsonSchema, modelOf } = await import('@quality-hub/data/scaffold');
  const written =
    typeof schemaFile === 'string'
      ? factoryFile([modelFromJsonSchema(readSchema(resolve(context.cwd, schemaFile)), nameOf(schemaFile))])
      : await withDatabase(args, context, async ({ name, chosen }) => {
          if (chosen.length === 0)
            throw new DataCommandError(`The database "${name}" has no tables`, 'Make them first');
          return factoryFile(chosen.map(modelOf), { database: name });
        });
  if (target === undefined) {
    context.terminal.out(written.trimEnd());
    return 0;
  }
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, written, { flag: 'wx' });
  const count = written.match(/^export const /gm)?.length ?? 0;
  context.terminal.out(`${out} has ${plural(count, 'factory', 'factories')}. Read it and change it: it is a start.`);
  return 0;
};

function readSchema(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new DataCommandError(`${path} cannot be read: ${errorSentence(error)}`, 'Name a file with a JSON Schema');
  }
}

function nameOf(file: string): string {
  return basename(file).replace(/(?:\.schema)?\.json$/, '');
}
