/** `secrets set`, `edit`, `remove`, `list` and `rotate-key`: changes the encrypted file, and nothing on the disk is ever in clear. */
import { existsSync } from 'node:fs';
import { type FileKey, SecretFile } from '@quality-hub/secrets';
import type { CommandContext, ParsedArguments } from '../command-line/command.ts';
import { UsageError } from '../errors.ts';
import { plural } from '../terminal/words.ts';
import { type FileHere, fileHere } from './secrets-here.ts';

const NEW_PASSPHRASE_VARIABLE = 'QUALITY_HUB_SECRETS_NEW_PASSPHRASE';
/** Whoever has the file can try passphrases for as long as they like. */
const SHORTEST_PASSPHRASE = 12;

export async function setSecret(
  name: string | undefined,
  args: ParsedArguments,
  context: CommandContext,
): Promise<number> {
  const { terminal } = context;
  const wanted = needed(name, 'set');
  const here = await fileHere(args, context);
  // The passphrase is asked for first: whoever cannot open the file need not type the value.
  const file = existsSync(here.path) ? await opened(here) : await created(here, context);
  const value = terminal.piped ? (await terminal.piped()).replace(/\r?\n$/, '') : await asked(context, wanted);
  if (value === '') throw new UsageError(`The value of ${wanted} is empty`, 'Type it, or send it through a pipe');
  const [written] = file.with(wanted, value, new Date()).versions(wanted);
  terminal.out(`${wanted} is in ${here.path}, as version ${written?.version}.`);
  return 0;
}

export async function editSecrets(
  name: string | undefined,
  args: ParsedArguments,
  context: CommandContext,
): Promise<number> {
  const { terminal } = context;
  const { askHidden } = terminal;
  if (askHidden === undefined) {
    throw new UsageError(
      'There is nobody to ask',
      'Use `quality-hub secrets set <name>` with the value through a pipe',
    );
  }
  const here = await fileHere(args, context);
  let file = await opened(here);
  const names = name === undefined ? file.names : [known(file, name, here)];
  let changed = 0;
  for (const each of names) {
    const [current] = file.versions(each);
    const value = await askHidden(`${each} (version ${current?.version}, empty keeps it): `);
    if (value === '') continue;
    file = file.with(each, value, new Date());
    changed++;
  }
  terminal.out(`${plural(changed, 'secret')} changed in ${here.path}.`);
  return 0;
}

export async function removeSecret(
  name: string | undefined,
  args: ParsedArguments,
  context: CommandContext,
): Promise<number> {
  const here = await fileHere(args, context);
  const file = await opened(here);
  const wanted = known(file, needed(name, 'remove'), here);
  file.without(wanted);
  context.terminal.out(`${wanted} is no longer in ${here.path}. Older copies of the file still have it.`);
  return 0;
}

/** Names and versions are in clear anyway; the key is asked for so that a file which nobody can open is noticed. */
export async function listSecrets(
  _name: string | undefined,
  args: ParsedArguments,
  context: CommandContext,
): Promise<number> {
  const file = await opened(await fileHere(args, context));
  for (const name of file.names) {
    const [current] = file.versions(name);
    context.terminal.out(`${name}  version ${current?.version} of ${current?.createdAt.slice(0, 10)}`);
  }
  if (file.names.length === 0) context.terminal.out('There is no secret in it yet.');
  return 0;
}

export async function rotateKey(
  _name: string | undefined,
  args: ParsedArguments,
  context: CommandContext,
): Promise<number> {
  const here = await fileHere(args, context);
  const file = await opened(here);
  await file.withKey(await newKey(here, context));
  context.terminal.out(
    `${here.path} has another key, with ${plural(file.names.length, 'secret')} in it. Older copies of it open with the old one: change the values as well where that one was lost.`,
  );
  return 0;
}

async function opened({ path, key }: FileHere): Promise<SecretFile> {
  return SecretFile.open(path, await key());
}

async function created({ path, key, hasKey }: FileHere, context: CommandContext): Promise<SecretFile> {
  const given = await key();
  if ('passphrase' in given && !hasKey) checkPassphrase(given.passphrase);
  const file = await SecretFile.create(path, given);
  context.terminal.out(`${path} is new. It may lie in version control; its passphrase must not.`);
  return file;
}

async function newKey({ hasKey }: FileHere, { env, terminal }: CommandContext): Promise<FileKey> {
  const given = env[NEW_PASSPHRASE_VARIABLE];
  if (given) return hasKey ? { key: given } : { passphrase: checkPassphrase(given) };
  const { askHidden } = terminal;
  if (askHidden === undefined) throw new UsageError('There is no new key', `Set ${NEW_PASSPHRASE_VARIABLE}`);
  const first = await askHidden(hasKey ? 'New key, 32 bytes as base64: ' : 'New passphrase: ');
  if (first !== (await askHidden('Once more: '))) {
    throw new UsageError('The two are not the same', 'Nothing was changed; begin again');
  }
  return hasKey ? { key: first } : { passphrase: checkPassphrase(first) };
}

function checkPassphrase(passphrase: string): string {
  if (passphrase.length >= SHORTEST_PASSPHRASE) return passphrase;
  throw new UsageError(
    `The passphrase has ${passphrase.length} characters, expected ${SHORTEST_PASSPHRASE} at least`,
    'Whoever has the file can try as often as they like: take several words',
  );
}

function needed(name: string | undefined, action: string): string {
  if (name !== undefined) return name;
  throw new UsageError(`quality-hub secrets ${action} needs a name`, `For example \`${action} paymentKey\``);
}

function known(file: SecretFile, name: string, { path }: FileHere): string {
  if (file.names.includes(name)) return name;
  throw new UsageError(`${path} has no secret ${name}`, `It has ${file.names.join(', ') || 'none'}`);
}

async function asked({ terminal: { askHidden } }: CommandContext, name: string): Promise<string> {
  if (askHidden !== undefined) return askHidden(`Value of ${name}: `);
  throw new UsageError('There is nobody to ask', 'Send the value through a pipe');
}
