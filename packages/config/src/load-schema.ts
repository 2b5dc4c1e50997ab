/** The schema of the suite's own values: what the configuration has, or the module that it names. */
import { dirname, resolve } from 'node:path';
import { type HubConfig, isStandardSchema } from './define-hub.ts';
import { ConfigError } from './errors.ts';
import { loadConfig, loadModule } from './load-config.ts';
import type { StandardSchema } from './schema/standard-schema.ts';

/**
 * @throws {ConfigLoadError} (`QH_CONFIG_LOAD`) if the configuration at `path` or its schema cannot be loaded.
 * @throws {ConfigError} (`QH_CONFIG`) if what it names is no schema.
 */
export async function loadSchema(path: string): Promise<StandardSchema | undefined> {
  return schemaOf(path, (await loadConfig(path)).config);
}

/** As {@link loadSchema}, of a configuration that is loaded already. */
export async function schemaOf(path: string, { schema }: HubConfig): Promise<StandardSchema | undefined> {
  if (typeof schema !== 'string') return isStandardSchema(schema) ? schema : undefined;
  const loaded = await loadModule(resolve(dirname(path), schema));
  if (isStandardSchema(loaded)) return loaded;
  throw new ConfigError(path, [`schema is "${schema}", whose default export is no schema, expected z.object({ … })`]);
}
