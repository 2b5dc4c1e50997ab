/** What a sweep asks of the environments of a configuration. */
import type { OpenContext } from '../create/context.ts';
import type { RecordKind } from '../ledger/ledger.ts';
import { type AnyEnvironment, environmentKind } from './environment.ts';

/** By the name that the ledger knows them by; opened is what removes them only when there is something to remove. */
export function environmentKinds(
  definitions: Readonly<Record<string, AnyEnvironment>>,
): ReadonlyMap<string, RecordKind<OpenContext>> {
  const kinds = Object.entries(definitions).map(([name, definition]): RecordKind<OpenContext> => {
    const kind = environmentKind(name, definition);
    const { exists } = kind;
    return {
      name: kind.name,
      version: kind.version,
      find: async input => input,
      remove: async (record, open, signal) => kind.remove(record, await open(undefined, signal), signal),
      ...(exists
        ? { exists: async (record, open, signal) => exists(record, await open(undefined, signal), signal) }
        : {}),
    };
  });
  return new Map(kinds.map(kind => [kind.name, kind]));
}
