/**
 * Checks the configuration of a suite before its run. A door of its own, for the runner: it loads the schemas of all sections,
 * which would cost each worker more than its start.
 */
import { dirname } from 'node:path';
import {
  type CheckSurroundings,
  ConfigError,
  ConfigLoadError,
  editorSchema,
  type HubConfig,
  type ResolvedConfig,
  type ResolveOptions,
  resolveConfig,
  type StandardSchema,
  schemaNodeOf,
} from '@quality-hub/config';
import type { OptionError } from '@quality-hub/protocol';
import { Registry } from '@quality-hub/resilience';
import { openSection } from '@quality-hub/secrets';
import { createMemoryDriver } from '@quality-hub/state';
import { createMask } from '@quality-hub/telemetry';
import { flagProblems } from './lazy-flags.ts';
import { closeResources, makeResources, unknownPolicies } from './resources.ts';
import { bindSecrets, unknownSecrets } from './secrets/bind-secrets.ts';
import type { SecretSource } from './secrets/secret-source.ts';
import { sectionSchemas } from './section-schemas.ts';
import type { QualityHubConfig } from './sections.ts';
import { poolProblems } from './sharing/pool-problems.ts';

/**
 * The configuration of a suite in `from`, checked in full; undefined where there is none. Nothing is connected.
 *
 * @throws {ConfigLoadError} (`QH_CONFIG_LOAD`) @throws {ConfigError} (`QH_CONFIG`) with everything that is wrong.
 */
export function resolveChecked(options: ResolveOptions): Promise<ResolvedConfig | undefined> {
  // The schemas see what stands for a secret as those who are made of the sections get it.
  const checkedAs = (config: HubConfig) => bindSecrets(config as QualityHubConfig, NOT_READ);
  return resolveConfig({ ...options, schemas: sectionSchemas, checkedAs, check: problemsOf });
}

/** What is wrong with it, everything at once; undefined where nothing is, or where there is none. */
export async function checkConfig(options: ResolveOptions): Promise<ConfigError | ConfigLoadError | undefined> {
  try {
    await resolveChecked(options);
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError || error instanceof ConfigLoadError) return error;
    throw error;
  }
}

/** The JSON Schema of a configuration file, with the suite's own values where `values` is their schema. */
export async function configSchema(values?: StandardSchema): Promise<Readonly<Record<string, unknown>>> {
  const nodes = Object.entries(await sectionSchemas()).map(
    async ([name, schema]) => [name, await schemaNodeOf(schema)] as const,
  );
  const sections = (await Promise.all(nodes)).flatMap(([name, node]) =>
    node === undefined ? [] : [[name, node] as const],
  );
  return editorSchema(Object.fromEntries(sections), values && (await schemaNodeOf(values)));
}

/** A check reads no secret: an address that is one is taken as right. */
const NOT_READ: SecretSource = {
  text: async () => 'https://secret.invalid',
  address: async () => 'https://secret.invalid',
  peek: () => undefined,
  recover: async () => false,
};

/** Of the entries that the schemas find right, what those say that are made of them. */
async function problemsOf(config: HubConfig, { told: bySchema, path }: CheckSurroundings): Promise<readonly string[]> {
  const folder = dirname(path);
  const named = [...unknownSecrets(config as QualityHubConfig), ...secretProblems(config as QualityHubConfig, folder)];
  const bound = await bindSecrets(config as QualityHubConfig, NOT_READ);
  const resources = await makeResources(bound, {
    registry: new Registry(),
    store: createMemoryDriver(),
    secrets: NOT_READ,
    client: { mask: createMask({}) },
    database: { mask: createMask({}), secrets: NOT_READ },
  });
  await closeResources(resources);
  const byName = unknownPolicies(config as QualityHubConfig);
  const told = new Set([...bySchema, ...byName].map(entryOf));
  const byMaking = resources.problems.filter(problem => !told.has(entryOf(problem)));
  const ofPools = poolProblems(config as QualityHubConfig);
  return [...byName, ...named, ...byMaking, ...ofPools, ...(await flagProblems(config.flags, folder))];
}

/** `clients.payments`, which a problem begins with. */
function entryOf(problem: string): string {
  return /^\w+\.[^.:[\s]+/.exec(problem)?.[0] ?? problem;
}

/** References that are none, or name a store that is none. */
function secretProblems({ secrets }: QualityHubConfig, folder: string): readonly string[] {
  if (secrets === undefined) return [];
  try {
    openSection(secrets, { folder });
    return [];
  } catch (error) {
    // What is no section at all is told by its schema.
    return (error as { code?: string }).code === 'QH_OPTION' ? (error as OptionError).problems : [];
  }
}
