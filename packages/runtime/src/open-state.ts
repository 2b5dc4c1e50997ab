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

/** @param path The file; without one, each worker keeps its own. */
export async function openState(section: StateSection | undefined, path: string | undefined): Promise<OpenedState> {
  if (section?.kind === 'memory' || path === undefined) return inMemory();
  try {
    const { openSqliteState } = await import('@quality-hub/state/sqlite');
    return await openSqliteState({ path });
  } catch (error) {
    return { ...inMemory(), trouble: errorSentence(error) };
  }
}

function inMemory(): OpenedState {
  return { store: createMemoryDriver(), leases: createMemoryLeases() };
}

export function stateProblems(section: StateSection | undefined): readonly string[] {
  if (section === undefined || section.kind === 'sqlite' || section.kind === 'memory') return [];
  return [`state.kind is ${JSON.stringify((section as { kind?: unknown }).kind)}, expected 'sqlite' or 'memory'`];
}
