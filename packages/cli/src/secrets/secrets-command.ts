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
  doctor: async (name, args, context) => (await import('./examine-secrets.ts')).examineSecrets(name, args, context),
};

export const secretsCommand: Command = {
  name: 'secrets',
  summary: 'Keeps secrets in an encrypted file, and finds out why one cannot be read.',
  operands: 'set|edit|remove|list|rotate-key|doctor [name]',
  maxOperands: 2,
  options: {
    store: { type: 'string', value: '<name>', help: 'Store of the configuration. Else its only one of the kind file.' },
    file: { type: 'string', value: '<path>', help: 'Encrypted file, where there is no configuration.' },
    json: { type: 'boolean', help: 'doctor: prints { stores, secrets: [{ name, state, … }] } as JSON.' },
  },
  about: [
    'set takes the value from the terminal, which does not show it, or from a pipe. It makes the file where there is none. edit asks for one value after the other; what is left empty stays. No value is ever on the disk in clear, or on the command line.',
    'The passphrase is that of the configuration, of QUALITY_HUB_SECRETS_PASSPHRASE, or asked for. rotate-key takes the new one from QUALITY_HUB_SECRETS_NEW_PASSPHRASE, or asks for it.',
    'doctor reads every secret of the configuration, or the one that is named, and says what stands in the way: network, certificate, sign-in, permission, path, key or version. It tells age, owner, last use and last failure, and warns of a secret without an owner, or past its maxAgeDays.',
  ],
  examples: [
    ['quality-hub secrets set paymentKey', 'Asks for the value and keeps it.'],
    ['pass show shop/key | quality-hub secrets set paymentKey', 'The same from another program.'],
    ['quality-hub secrets doctor', 'Tries all secrets of the configuration.'],
  ],
  exits: { 0: 'It is done; all secrets can be read.', 1: 'It failed, or a secret cannot be read.' },
  async run(args, context) {
    const [action, name] = args.positionals;
    const names = Object.keys(ACTIONS);
    const run = action !== undefined && Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
    if (run !== undefined) return run(name, args, context);
    throw new UsageError(
      action === undefined
        ? 'quality-hub secrets needs to be told what to do'
        : `quality-hub secrets cannot "${action}"${didYouMean(action, names)}`,
      `It can ${names.join(', ')}`,
    );
  },
};
