/** What factories remove with where no test runs: the clients, databases and secrets of a runtime. */
import { type DataContext, type OpenContext, UnknownPartError } from '@quality-hub/data';
import type { Runtime } from '../runtime.ts';

const NO_NAMESPACE = '';

/** @param values The suite's own values, as its schema gives them. */
export function sweepContext(runtime: Runtime, values: Readonly<Record<string, unknown>> = {}): OpenContext {
  const clients = named(name => runtime.client(name));
  const db = named(name => runtime.database(name));
  return async (_way, signal) => ({
    get api() {
      return runtime.client();
    },
    clients,
    db,
    secrets: runtime.secrets as DataContext['secrets'],
    config: values as DataContext['config'],
    get page(): never {
      throw new UnknownPartError(
        'There is no page where leftovers are removed',
        'Let the factory remove through an API or a database',
      );
    },
    signal,
    namespace: NO_NAMESPACE,
  });
}

/** `find` throws for a name that there is none of. */
function named<T>(find: (name: string) => T): Readonly<Record<string, T>> {
  return new Proxy(Object.freeze({}) as Readonly<Record<string, T>>, {
    get: (_, name) => (typeof name === 'symbol' || name === 'then' ? undefined : find(name)),
  });
}
