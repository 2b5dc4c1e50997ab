/** Which values a command looks for or masks: those of the environment, those that a user names, those that runs have kept. */
import { readdirSync } from 'node:fs';
import { createMask, findHubFolder, type Mask, readKeptValues, runSpoolFolder } from '@quality-hub/telemetry';
import type { CommandContext, OptionSpec, ParsedArguments } from '../command-line/command.ts';
import { UsageError } from '../errors.ts';

export const MASK_ENV: OptionSpec = {
  type: 'string',
  value: '<names>',
  help: 'Variables that hold secrets although their names do not look like it, with commas between them.',
};

export const MASK_SECRETS: OptionSpec = {
  type: 'boolean',
  help: 'Also the secrets of the configuration in this folder, which are read from their stores for it.',
};

export interface KnownMask {
  readonly mask: Mask;
  /** Secrets that are not in the mask although they were asked for. */
  readonly unread: readonly { readonly path: string; readonly reason: string }[];
}

/**
 * A mask of all values that are known here: of secret-looking variables, of those named, of what runs of this machine still
 * keep, for a run that goes on or was killed, and with `--secrets` those of the configuration.
 *
 * @throws {UsageError} (`QH_USAGE`) for a variable that is not set, or too short to be searched for.
 * @throws {ConfigError} (`QH_CONFIG`) @throws {ConfigLoadError} (`QH_CONFIG_LOAD`) for `--secrets`
 */
export async function knownMask(
  { 'mask-env': names, secrets }: ParsedArguments['options'],
  context: CommandContext,
): Promise<KnownMask> {
  const { cwd, env } = context;
  const hub = findHubFolder(cwd, env);
  const kept =
    hub === undefined
      ? []
      : runsIn(hub.spools).flatMap(runId => readKeptValues({ spoolFolder: runSpoolFolder(hub, runId) }).values);
  const mask = createMask({ env, values: [...namedValues(names, env), ...kept] });
  if (secrets !== true) return { mask, unread: [] };
  // The stores and the loader of the configuration cost a second.
  const { configuredValues } = await import('../secrets/configured-values.ts');
  const { values, unread } = await configuredValues(context);
  mask.add(values);
  return { mask, unread };
}

/** Values of the variables that a user named. @throws {UsageError} (`QH_USAGE`) for a variable that is not set, or too short to be searched for. */
export function namedValues(names: string | boolean | undefined, env: NodeJS.ProcessEnv): string[] {
  if (typeof names !== 'string') return [];
  return names.split(',').map(name => {
    const value = env[name.trim()] ?? '';
    if (value.length >= 4) return value;
    throw new UsageError(
      `--mask-env names ${name.trim()}, which ${value === '' ? 'is not set' : 'has fewer than 4 characters'}`,
      'Name variables of this environment, for example `--mask-env SHOP_PIN,SHOP_CODE`',
    );
  });
}

function runsIn(spools: string): string[] {
  try {
    return readdirSync(spools);
  } catch {
    return [];
  }
}
