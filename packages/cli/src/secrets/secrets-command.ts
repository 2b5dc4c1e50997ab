/** `quality-hub secrets`: the encrypted file of a suite, and what keeps a secret from being read. */
import type { Command, CommandContext, ParsedArguments } from '../command-line/command.ts';
import { didYouMean } from '../command-line/parse-arguments.ts';
import { UsageError } from '../errors.ts';

type Action = (name: string | undefined, args: ParsedArguments, context: CommandContext) => Promise<number>;

/** Loaded when they are used: the commands that are not about secrets start without them. */
const ACTIONS: Readonly<Record<string, Action>> = {
  set: async (...given) => (await import('./edit-file.ts')).setSecret(...given),
  edit: async (...given) => (await import('./edit-file.ts')).editSecrets(...given),
  remove: async (...given) => (await import('./edit-file.ts')).removeSecret(...given),
  list: async (...given) => (await import('./edit-file.ts')).listSecrets(...given),
  'rotate-key': async (...given) => (await import('./edit-file.ts')).rotateKey(...given),
  rotate: async (_, args, context) =>
    (await import('./rotate-secrets.ts')).rotateSecrets(args.positionals.slice(1), args, context),
  doctor: async (name, args, context) => (await import('./examine-secrets.ts')).examineSecrets(name, args, context),
};

export const secretsCommand: Command = {
  name: 'secrets',
  summary: 'Keeps secrets in an encrypted file, and finds out why one cannot be read.',
  operands: 'set|edit|remove|list|rotate|rotate-key|doctor [name…]',
  maxOperands: Number.POSITIVE_INFINITY,
  options: {
    store: { type: 'string', value: '<name>', help: 'Store of the configuration. Else its only one of the kind file.' },
    file: { type: 'string', value: '<path>', help: 'Encrypted file, where there is no configuration.' },
    due: { type: 'boolean', help: 'rotate: only those that are older than their rotate.everyDays.' },
    'dry-run': { type: 'boolean', help: 'rotate: says what it would do, and writes nothing.' },
    json: { type: 'boolean', help: 'doctor, rotate: prints { stores, secrets: [{ name, state, … }] } as JSON.' },
  },
  about: [
    'set takes the value from the terminal, which does not show it, or from a pipe. It makes the file where there is none. edit asks for one value after the other; what is left empty stays. No value is ever on the disk in clear, or on the command line.',
    'The passphrase is that of the configuration, of QUALITY_HUB_SECRETS_PASSPHRASE, or asked for. rotate-key takes the new one from QUALITY_HUB_SECRETS_NEW_PASSPHRASE, or asks for it.',
    'rotate makes new values for the secrets that are named, or that are --due, as rotate of their section says: { everyDays, length, alphabet } or { everyDays, generate }. The value before stays readable as @previous. Services are told nothing: where one must learn the new value, use secrets.rotate of the fixture.',
    'doctor reads every secret of the configuration, or the one that is named, and says what stands in the way: network, certificate, sign-in, permission, path, key or version. It tells age, owner, last use and last failure, and warns of a secret without an owner, or past its maxAgeDays.',
  ],
  examples: [
    ['quality-hub secrets set paymentKey', 'Asks for the value and keeps it.'],
    ['pass show shop/key | quality-hub secrets set paymentKey', 'The same from another program.'],
    ['quality-hub secrets rotate --due --dry-run', 'Which secrets would get a new value.'],
    ['quality-hub secrets doctor', 'Tries all secrets of the configuration.'],
  ],
  exits: { 0: 'It is done; all secrets can be read.', 1: 'It failed, or a secret cannot be read or rotated.' },
  async run(args, context) {
    const [action, name, extra] = args.positionals;
    const names = Object.keys(ACTIONS);
    const run = action !== undefined && Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
    if (run !== undefined) refuseOthers(action ?? '', extra, args.options);
    if (run !== undefined) return run(name, args, context);
    throw new UsageError(
      action === undefined
        ? 'quality-hub secrets needs to be told what to do'
        : `quality-hub secrets cannot "${action}"${didYouMean(action, names)}`,
      `It can ${names.join(', ')}`,
    );
  },
};

/** Nobody who says `--dry-run` may find something written. */
const OF_ROTATE = ['due', 'dry-run'] as const;
const OF_FILE = ['store', 'file'] as const;

function refuseOthers(action: string, extra: string | undefined, options: ParsedArguments['options']): void {
  const isRotate = action === 'rotate';
  if (!isRotate && extra !== undefined)
    throw new UsageError(`quality-hub secrets ${action} takes one name`, `"${extra}" is one more`);
  const wrong = (isRotate ? OF_FILE : OF_ROTATE).find(name => options[name] !== undefined);
  if (wrong === undefined) return;
  throw new UsageError(
    `quality-hub secrets ${action} has no option --${wrong}`,
    isRotate ? 'It is about the secrets of the configuration' : 'It is for `quality-hub secrets rotate`',
  );
}
