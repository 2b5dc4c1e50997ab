/** The environments of one worker, as the configuration defines them. */
import type { EnvironmentContext, LedgerOwner, WorkerEnvironments } from '@quality-hub/data';
import type { CleanupEvidence } from '@quality-hub/protocol';
import type { Runtime } from '../runtime.ts';

/** Nothing is opened: clients and databases of the context connect when a definition first uses them. */
export async function openEnvironments(
  runtime: Runtime,
  owner: LedgerOwner,
  observe: (evidence: CleanupEvidence) => void,
): Promise<WorkerEnvironments<EnvironmentContext>> {
  const { WorkerEnvironments } = await import('@quality-hub/data');
  return new WorkerEnvironments({
    definitions: runtime.data.environments ?? {},
    context: environmentContext(runtime),
    ledger: await runtime.ledger(),
    owner,
    observe,
  });
}

/** Clients and databases by their names, for environments that are made, reset or removed. */
function environmentContext(runtime: Runtime): EnvironmentContext {
  const byName = <T>(names: readonly string[], find: (name: string) => T): Readonly<Record<string, T>> =>
    Object.defineProperties(
      {},
      Object.fromEntries(names.map(name => [name, { enumerable: true, get: () => find(name) }])),
    );
  return {
    get api() {
      return runtime.client();
    },
    clients: byName(runtime.clientNames, name => runtime.client(name)),
    db: byName(runtime.databaseNames, name => runtime.database(name)),
  };
}
