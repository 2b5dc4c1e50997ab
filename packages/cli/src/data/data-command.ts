/** `quality-hub data`: a first file of factories, and rows in any number. */
import type { Command, CommandContext, ParsedArguments } from '../command-line/command.ts';
import { didYouMean } from '../command-line/parse-arguments.ts';
import { UsageError } from '../errors.ts';

export type DataAction = (args: ParsedArguments, context: CommandContext) => Promise<number>;

/** Loaded when they are asked for: all of them open databases. */
const ACTIONS: Readonly<Record<string, () => Promise<DataAction>>> = {
  scaffold: async () => (await import('./scaffold-action.ts')).scaffoldAction,
  generate: async () => (await import('./generate-action.ts')).generateAction,
};
const NAMES = Object.keys(ACTIONS);

export const dataCommand: Command = {
  name: 'data',
  summary: 'Writes a first file of factories, or rows in any number, from what a database says of its tables.',
  operands: '<action>',
  maxOperands: 1,
  options: {
    database: { type: 'string', value: '<name>', help: 'A database of the configuration. The only one by default.' },
    table: { type: 'string', value: '<name>', repeats: true, help: 'Only this table. Several times.' },
    'json-schema': { type: 'string', value: '<file>', help: 'scaffold: from a JSON Schema instead of a database.' },
    out: {
      type: 'string',
      value: '<file>',
      help: 'scaffold: the file, instead of the terminal. generate: a .ndjson, .json or .csv file, instead of the database.',
    },
    rows: { type: 'string', value: '<number>', help: 'generate: how many rows of each table. 100 by default.' },
    seed: { type: 'string', value: '<seed>', help: 'generate: the same rows for the same seed.' },
    locale: { type: 'string', value: '<name>', help: 'generate: language of made-up texts, such as de.' },
    environment: { type: 'string', short: 'e', value: '<name>', help: 'Environment of the configuration.' },
  },
  about: [
    'scaffold reads types, defaults, keys, foreign keys, unique and check constraints, and writes factories that create rows which keep them, parents first. What it does not understand stands in the file as a comment. The file is a start: change it.',
    'generate fills tables: parents first, all rows of a table or none, with the same constraints kept. With --out the rows of one table go into a file, and the database is only read.',
  ],
  examples: [
    ['quality-hub data scaffold --database shop --out tests/factories.ts', 'A factory for each table.'],
    ['quality-hub data scaffold --json-schema order.schema.json', 'From the description of an API.'],
    ['quality-hub data generate --table customer --table orders --rows 10000', 'Ten thousand rows of each.'],
    ['quality-hub data generate --table customer --rows 1000000 --out customers.ndjson', 'A large file.'],
  ],
  exits: {
    0: 'It is written.',
    1: 'It cannot be: a table is not there, a parent has no rows, a file is there already.',
  },
  async run(args, context) {
    const [name] = args.positionals;
    if (name === undefined) throw new UsageError('quality-hub data needs an action', `Actions are ${NAMES.join(', ')}`);
    const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
    if (!action) {
      throw new UsageError(
        `quality-hub data has no action "${name}"${didYouMean(name, NAMES)}`,
        `Actions are ${NAMES.join(', ')}`,
      );
    }
    return (await action())(args, context);
  },
};
