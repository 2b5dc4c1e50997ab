/** The values of all secrets that the configuration names: for `--secrets`, where nobody has kept what a run knew. */
import { openSection } from '@quality-hub/secrets';
import type { CommandContext } from '../command-line/command.ts';
import { reasonOf } from '../terminal/words.ts';
import { secretsHere } from './secrets-here.ts';

export interface ConfiguredValues {
  readonly values: readonly string[];
  /** What could not be read, and why, so that nobody believes it was looked for. */
  readonly unread: readonly { readonly path: string; readonly reason: string }[];
}

/**
 * Reads them from their stores; what signs us in to a store is among them.
 *
 * @throws {ConfigError} (`QH_CONFIG`) @throws {ConfigLoadError} (`QH_CONFIG_LOAD`)
 */
export async function configuredValues(context: CommandContext): Promise<ConfiguredValues> {
  const { section, folder, configPath } = await secretsHere(context);
  const path = configPath ?? context.cwd;
  const values: string[] = [];
  const unread: ConfiguredValues['unread'][number][] = [];
  const { secrets } = openSection(section, {
    folder,
    env: context.env,
    beforeReveal: (_name, texts) => void values.push(...texts),
  });
  try {
    if (secrets.names.length === 0) unread.push({ path, reason: 'it names no secrets in secrets.refs' });
    await Promise.all(
      secrets.names.map(async name => {
        try {
          (await secrets.get(name)).reveal();
        } catch (error) {
          unread.push({ path, reason: `${name} is not looked for: ${reasonOf(error)}` });
        }
      }),
    );
  } finally {
    await secrets.close();
  }
  return { values, unread };
}
