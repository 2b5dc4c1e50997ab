/** Opens what the workers of a run share; a state that cannot be opened is replaced by one that is not shared. */
import { errorSentence, type KeyValueDriver, type LeaseDriver } from '@quality-hub/protocol';
import { createMemoryDriver, createMemoryLeases } from '@quality-hub/state';
import type { StateSection } from './sections.ts';

export interface OpenedState {
  readonly store: KeyValueDriver;
  readonly leases: LeaseDriver;
  /** Why the workers share nothing, though they should. */
  readonly trouble?: string;
}

/** @param path The file; without one, each worker keeps its own, unless a server has the state. */
export async function openState(section: StateSection | undefined, path: string | undefined): Promise<OpenedState> {
  if (section?.kind === 'memory' || (path === undefined && section?.kind !== 'redis')) return inMemory();
  try {
    if (section?.kind === 'redis') return await openRedis(section);
    const { openSqliteState } = await import('@quality-hub/state/sqlite');
    return await openSqliteState({ path: path as string });
  } catch (error) {
    return { ...inMemory(), trouble: errorSentence(error) };
  }
}

async function openRedis({ url, prefix, cluster }: StateSection): Promise<OpenedState> {
  const { openRedisState } = await import('@quality-hub/state/redis');
  return openRedisState({
    url: typeof url === 'function' ? await url() : (url ?? ''),
    ...(prefix === undefined ? {} : { prefix }),
    ...(cluster === undefined ? {} : { cluster }),
  });
}

function inMemory(): OpenedState {
  return { store: createMemoryDriver(), leases: createMemoryLeases() };
}

/** What cannot be opened at all; the schema of the section says more, before the run. */
export function stateProblems(section: StateSection | undefined): readonly string[] {
  if (section === undefined || section.kind === 'sqlite' || section.kind === 'memory') return [];
  if (section.kind === 'redis') return section.url === undefined ? ['state.url is missing, expected redis://host'] : [];
  const kind = JSON.stringify((section as { kind?: unknown }).kind);
  return [`state.kind is ${kind}, expected 'sqlite', 'redis' or 'memory'`];
}
