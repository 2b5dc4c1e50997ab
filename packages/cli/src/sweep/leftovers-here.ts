/** How much tests of this folder have left behind. */
import type { Backlog } from '@quality-hub/data';
import { findHubFolder } from '@quality-hub/telemetry';
import type { CommandContext } from '../command-line/command.ts';

export interface LeftoversHere {
  readonly backlog: Backlog;
  /** In a sentence without its end; undefined where nothing is left. */
  readonly words: string | undefined;
}

/**
 * Undefined where there is no store.
 *
 * @throws {ConfigError} (`QH_CONFIG`) @throws {ConfigLoadError} (`QH_CONFIG_LOAD`) @throws {StateError}
 */
export async function leftoversHere({
  cwd,
  env,
}: Pick<CommandContext, 'cwd' | 'env'>): Promise<LeftoversHere | undefined> {
  const folder = findHubFolder(cwd, env);
  if (folder === undefined) return undefined;
  const [{ resolveConfig }, { leftoverWords, readLeftovers }] = await Promise.all([
    import('@quality-hub/config'),
    import('@quality-hub/runtime/leftovers'),
  ]);
  const resolved = await resolveConfig({ from: cwd, cwd, env });
  const config = resolved?.config as Parameters<typeof readLeftovers>[0]['config'];
  const backlog = await readLeftovers({ config, configPath: resolved?.path, stateFile: folder.state });
  return backlog && { backlog, words: leftoverWords(backlog) };
}
