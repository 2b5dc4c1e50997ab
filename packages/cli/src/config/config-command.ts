/** `quality-hub config`: what the configuration of a suite says, why, and how to change it safely. */
import type { Command, CommandContext, ParsedArguments } from '../command-line/command.ts';
import { didYouMean } from '../command-line/parse-arguments.ts';
import { UsageError } from '../errors.ts';

export type ConfigAction = (args: ParsedArguments, context: CommandContext) => Promise<number>;

/** Loaded when they are asked for: most of them need the schemas of all sections. */
const ACTIONS: Readonly<
  Record<string, { readonly operands: readonly [least: number, most: number]; load(): Promise<ConfigAction> }>
> = {
  check: { operands: [0, 0], load: async () => (await import('./check-action.ts')).checkAction },
  print: { operands: [0, 1], load: async () => (await import('./print-action.ts')).printAction },
  explain: { operands: [1, 1], load: async () => (await import('./explain-action.ts')).explainAction },
  diff: { operands: [2, 2], load: async () => (await import('./diff-action.ts')).diffAction },
  init: { operands: [0, 0], load: async () => (await import('./init-action.ts')).initAction },
  backup: { operands: [0, 0], load: async () => (await import('./backup-action.ts')).backupAction },
  restore: { operands: [0, 1], load: async () => (await import('./backup-action.ts')).restoreAction },
  migrate: { operands: [0, 0], load: async () => (await import('./migrate-action.ts')).migrateAction },
};
const NAMES = Object.keys(ACTIONS);

export const configCommand: Command = {
  name: 'config',
  summary: 'Checks, explains, compares and changes the configuration of a suite.',
  operands: '<action> [arguments]',
  maxOperands: 3,
  options: {
    environment: { type: 'string', short: 'e', value: '<name>', help: 'The environment, instead of the chosen one.' },
    set: {
      type: 'string',
      value: '<path=value>',
      repeats: true,
      help: 'A value that counts more than the files. Several times.',
    },
    all: { type: 'boolean', help: 'check: every environment.' },
    template: { type: 'string', value: '<name>', help: 'init: api, browser, database or monorepo.' },
    format: { type: 'string', value: '<ts|json|yaml>', help: 'init: the language of the file. ts by default.' },
    list: { type: 'boolean', help: 'backup: lists what is kept.' },
    'dry-run': { type: 'boolean', help: 'migrate, restore: shows the changes and makes none.' },
    json: { type: 'boolean', help: 'check, print, explain, diff: prints one object as JSON.' },
  },
  about: [
    'check says everything that is wrong, or that nothing is. print shows every effective value, and where it is from. explain <path> shows all that say something of one value, and who wins. diff <a> <b> compares two environments.',
    'init writes a first configuration from a template, and the JSON Schema that editors complete names with. backup keeps the files as they are; restore [name] gives a backup back, the last one by default, after it has kept what is there. migrate brings files of values to the version of the configuration: numbered steps, after a backup.',
    'Values of credentials are never printed. What these commands change is noted in .quality-hub/config-changes.jsonl: when, who, which file, and its hash before and after.',
  ],
  examples: [
    ['quality-hub config check --all', 'Before a merge: every environment.'],
    ['quality-hub config explain shop.baseURL', 'Why it is what it is.'],
    ['quality-hub config diff local staging', 'What differs.'],
    ['quality-hub config print -e staging --set shop.currency=USD', 'What a run would see.'],
  ],
  exits: { 0: 'It is done, and nothing is wrong; diff: nothing differs.', 1: 'Something is wrong, or differs.' },
  async run({ positionals, options }, context) {
    const [name, ...rest] = positionals;
    if (name === undefined)
      throw new UsageError('quality-hub config needs an action', `Actions are ${NAMES.join(', ')}`);
    const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
    if (!action) {
      throw new UsageError(
        `quality-hub config has no action "${name}"${didYouMean(name, NAMES)}`,
        `Actions are ${NAMES.join(', ')}`,
      );
    }
    const [least, most] = action.operands;
    if (rest.length < least || rest.length > most) {
      const wanted =
        most === 0
          ? 'no arguments'
          : least === most
            ? `${least} argument${least > 1 ? 's' : ''}`
            : `at most ${most} argument`;
      throw new UsageError(
        `quality-hub config ${name} takes ${wanted}, ${rest.length} ${rest.length === 1 ? 'was' : 'were'} given`,
        '`quality-hub config --help` shows examples',
      );
    }
    return (await action.load())({ positionals: rest, options }, context);
  },
};
