/**
 * Checks the configuration of a suite before its run. A door of its own, for the runner: it loads the schemas of all sections,
 * which would cost each worker more than its start.
 */
import {
  ConfigError,
  ConfigLoadError,
  type HubConfig,
  type ResolvedConfig,
  type ResolveOptions,
  resolveConfig,
} from '@quality-hub/config';
import { Registry } from '@quality-hub/resilience';
import { createMemoryDriver } from '@quality-hub/state';
import { createMask } from '@quality-hub/telemetry';
import { stateProblems } from './open-state.ts';
import { closeResources, makeResources, unknownPolicies } from './resources.ts';
import { sectionSchemas } from './section-schemas.ts';
import type { QualityHubConfig } from './sections.ts';

/**
 * The configuration of a suite in `from`, checked in full; undefined where there is none. Nothing is connected.
 *
 * @throws {ConfigLoadError} (`QH_CONFIG_LOAD`) @throws {ConfigError} (`QH_CONFIG`) with everything that is wrong.
 */
export function resolveChecked(options: ResolveOptions): Promise<ResolvedConfig | undefined> {
  return resolveConfig({ ...options, schemas: sectionSchemas, check: problemsOf });
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

/** Of the entries that the schemas find right, what those say that are made of them. */
async function problemsOf(config: HubConfig, bySchema: readonly string[]): Promise<readonly string[]> {
  const resources = await makeResources(config as QualityHubConfig, {
    registry: new Registry(),
    store: createMemoryDriver(),
    client: { mask: createMask({}) },
    database: { mask: createMask({}) },
  });
  await closeResources(resources);
  const byName = unknownPolicies(config as QualityHubConfig);
  const told = new Set([...bySchema, ...byName].map(entryOf));
  const byMaking = resources.problems.filter(problem => !told.has(entryOf(problem)));
  return [...byName, ...byMaking, ...stateProblems((config as QualityHubConfig).state)];
}

/** `clients.payments`, which a problem begins with. */
function entryOf(problem: string): string {
  return /^\w+\.[^.:[\s]+/.exec(problem)?.[0] ?? problem;
}
