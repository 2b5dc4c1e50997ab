/**
 * Checks the configuration of a suite before its run. A door of its own, for the runner: it loads the schemas of all sections,
 * which would cost each worker more than its start.
 */
import {
  ConfigError,
  ConfigLoadError,
  checkSections,
  type FindOptions,
  findConfig,
  type HubConfig,
  loadConfig,
} from '@quality-hub/config';
import { Registry } from '@quality-hub/resilience';
import { createMemoryDriver } from '@quality-hub/state';
import { createMask } from '@quality-hub/telemetry';
import { stateProblems } from './open-state.ts';
import { closeResources, makeResources, unknownPolicies } from './resources.ts';
import { sectionSchemas } from './section-schemas.ts';
import type { QualityHubConfig } from './sections.ts';

/**
 * What is wrong with the configuration that a suite in `from` has, everything at once; undefined where nothing is, or where
 * there is none. Nothing is connected.
 */
export async function checkConfig(options: FindOptions): Promise<ConfigError | ConfigLoadError | undefined> {
  try {
    const path = findConfig(options);
    if (path !== undefined) await loadConfig(path, problemsOf);
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError || error instanceof ConfigLoadError) return error;
    throw error;
  }
}

/** What the schemas say, and of the entries that are right by themselves what those say that are made of them. */
async function problemsOf(config: HubConfig): Promise<readonly string[]> {
  const bySchema = checkSections(config, await sectionSchemas());
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
  return [...bySchema, ...byName, ...byMaking, ...stateProblems((config as QualityHubConfig).state)];
}

/** `clients.payments`, which a problem begins with. */
function entryOf(problem: string): string {
  return /^\w+\.[^.:[\s]+/.exec(problem)?.[0] ?? problem;
}
