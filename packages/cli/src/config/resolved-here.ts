/** The configuration around the current folder, as a run here would see it. */
import type { ResolvedConfig } from '@quality-hub/config';
import type { CommandContext, ParsedArguments } from '../command-line/command.ts';
import { ConfigCommandError } from '../errors.ts';

/**
 * @throws {ConfigError} (`QH_CONFIG`) @throws {ConfigLoadError} (`QH_CONFIG_LOAD`)
 * @throws {ConfigCommandError} (`QH_CONFIG_COMMAND`) if there is none.
 */
export async function resolvedHere(
  { options }: ParsedArguments,
  { cwd, env }: CommandContext,
  environment: string | undefined = textOf(options.environment),
): Promise<ResolvedConfig> {
  const { resolveChecked } = await import('@quality-hub/runtime/check');
  const settings = textOf(options.set);
  const resolved = await resolveChecked({
    from: cwd,
    cwd,
    env,
    ...(environment === undefined ? {} : { environment }),
    ...(settings === undefined ? {} : { settings }),
  });
  if (resolved) return resolved;
  throw noConfiguration(cwd);
}

export function noConfiguration(cwd: string): ConfigCommandError {
  return new ConfigCommandError(
    `There is no configuration in ${cwd} or above it`,
    '`quality-hub config init` writes one',
  );
}

export function textOf(option: string | boolean | undefined): string | undefined {
  return typeof option === 'string' ? option : undefined;
}
