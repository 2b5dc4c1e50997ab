/** The section `secrets` of the configuration in this folder, and the encrypted file that a command is about. */
import { dirname, resolve } from 'node:path';
import { resolveConfig } from '@quality-hub/config';
import { type FileKey, fileKeyOf, openSection, type SecretsSection } from '@quality-hub/secrets';
import type { CommandContext, ParsedArguments } from '../command-line/command.ts';
import { didYouMean } from '../command-line/parse-arguments.ts';
import { UsageError } from '../errors.ts';

export interface SecretsHere {
  readonly section: SecretsSection;
  /** Paths of the section are from here. */
  readonly folder: string;
  /** Undefined where there is no configuration. */
  readonly configPath: string | undefined;
}

/** @throws {ConfigError} (`QH_CONFIG`) @throws {ConfigLoadError} (`QH_CONFIG_LOAD`) */
export async function secretsHere({ cwd, env }: CommandContext): Promise<SecretsHere> {
  const resolved = await resolveConfig({ from: cwd, cwd, env });
  if (resolved === undefined) return { section: {}, folder: cwd, configPath: undefined };
  const { config, path } = resolved;
  return { section: (config.secrets ?? {}) as SecretsSection, folder: dirname(path), configPath: path };
}

export interface FileHere {
  readonly path: string;
  /** @throws {SecretError} `_AUTH` where there is none, and nobody to ask. */
  readonly key: () => Promise<FileKey>;
  /** Its key is no passphrase, but 32 bytes. */
  readonly hasKey: boolean;
}

type FileSection = Extract<NonNullable<SecretsSection['stores']>[string], { kind: 'file' }>;

/**
 * The file that `--file` names, else that of the store of the configuration.
 *
 * @throws {UsageError} (`QH_USAGE`) where it is not clear which one.
 */
export async function fileHere({ options }: ParsedArguments, context: CommandContext): Promise<FileHere> {
  const { cwd, env } = context;
  if (typeof options.file === 'string') {
    const path = resolve(cwd, options.file);
    return fileOf({ kind: 'file', path }, { section: {}, folder: cwd, configPath: undefined }, context);
  }
  const here = await secretsHere(context);
  const files = Object.entries(here.section.stores ?? {}).flatMap(([name, store]) =>
    store.kind === 'file' && 'path' in store ? [[name, store as FileSection] as const] : [],
  );
  const names = files.map(([name]) => name);
  const [, store] = files.find(([name]) => name === options.store) ?? (files.length === 1 ? (files[0] ?? []) : []);
  const isOther = options.store !== undefined && !names.includes(String(options.store));
  if (store !== undefined && !isOther) return fileOf(store, here, { ...context, env });
  throw new UsageError(
    isOther
      ? `The configuration has no store "${options.store}" of the kind file${didYouMean(String(options.store), names)}`
      : files.length === 0
        ? `There is no store of the kind file in ${here.configPath ?? 'this folder'}`
        : `The configuration has ${files.length} stores of the kind file`,
    files.length === 0
      ? 'Name a file: `--file secrets.json`; or add one to secrets.stores of the configuration'
      : `Name one: --store ${names.join(', --store ')}`,
  );
}

function fileOf(store: FileSection, { section, folder }: SecretsHere, { env, terminal }: CommandContext): FileHere {
  const path = resolve(folder, store.path);
  const { askHidden } = terminal;
  const textOf = async (ref: string): Promise<string> => {
    const { secrets } = openSection({ ...section, refs: { key: ref } }, { folder, env });
    try {
      return String((await secrets.get('key')).reveal());
    } finally {
      await secrets.close();
    }
  };
  const key = async (): Promise<FileKey> => {
    try {
      return await fileKeyOf(store, { folder, env, textOf });
    } catch (error) {
      // Somebody at the keyboard may know what the environment does not.
      if (askHidden === undefined || store.key !== undefined || store.passphrase !== undefined) throw error;
      return { passphrase: await askHidden(`Passphrase of ${path}: `) };
    }
  };
  return { path, key, hasKey: store.key !== undefined };
}
