/** Puts everything that a configuration names on the health board, with the way in which it can be asked. */
import type { HttpClient } from '@quality-hub/clients';
import type { SqlDatabase } from '@quality-hub/clients/db';
import type { HealthBoard, ProbeOptions } from '@quality-hub/resilience';
import type { Resources } from './resources.ts';
import { dependencyOf, healthOf, type QualityHubConfig } from './sections.ts';

/** Names under which tests may need something: clients, databases, and policies that guard code of the suite's own. */
export function dependenciesOf({ clients, databases, policies }: Resources): readonly string[] {
  return [...new Set([...[...clients.keys()].map(dependencyOf), ...databases.keys(), ...policies.keys()])];
}

export function watchDependencies(board: HealthBoard, config: QualityHubConfig, resources: Resources): void {
  const { clients, databases } = resources;
  const probes = new Map<string, ProbeOptions>();
  for (const [name, database] of databases) {
    probes.set(name, { ...config.databases?.[name]?.health, probe: signal => askDatabase(database, signal) });
  }
  for (const [name, client] of clients) {
    const { path, ...schedule } = healthOf(config.clients?.[name]?.health);
    probes.set(
      dependencyOf(name),
      path === undefined ? {} : { ...schedule, probe: signal => askClient(client, path, signal) },
    );
  }
  for (const name of dependenciesOf(resources)) board.watch(name, probes.get(name));
}

/** What it finds is told as the health of the service, not as a call of the test that happened to ask. */
async function askClient(client: HttpClient, path: string, signal: AbortSignal): Promise<undefined> {
  await client.extend({ observe: () => {} }).get(path, { signal });
}

async function askDatabase(database: SqlDatabase, signal: AbortSignal): Promise<undefined> {
  const { state, detail } = await database.health(signal);
  if (state === 'down') throw new Error(detail ?? 'its health check failed');
}
