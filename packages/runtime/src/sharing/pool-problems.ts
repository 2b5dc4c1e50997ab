/** What is wrong with the section `pools` beyond its shape: clients and databases that there are none of. */
import { meant } from '@quality-hub/config';
import type { QualityHubConfig } from '../sections.ts';
import type { PoolSection } from './pool-section.ts';

export function poolProblems({ pools = {}, clients = {}, databases = {} }: QualityHubConfig): readonly string[] {
  return Object.entries(pools).flatMap(([name, entry]) => {
    const { url, query } = (Array.isArray(entry) ? {} : (entry ?? {})) as Partial<PoolSection>;
    const client = typeof url === 'object' ? url.client : undefined;
    return [
      ...unknown(`pools.${name}.url.client`, client, 'client', ['default', ...Object.keys(clients)]),
      ...unknown(`pools.${name}.query.database`, query?.database, 'database', Object.keys(databases)),
    ];
  });
}

function unknown(where: string, name: unknown, kind: string, names: readonly string[]): readonly string[] {
  // What is no text is told by the schema.
  if (typeof name !== 'string' || names.includes(name)) return [];
  return [`${where} is ${JSON.stringify(name)}, which is no ${kind}${meant(name, names)}`];
}
