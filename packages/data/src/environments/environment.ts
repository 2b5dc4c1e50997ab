/** The port of what each worker has for itself: a tenant, an account of a cloud, a folder, anything that can be made and removed. */
import type { HttpClient } from '@quality-hub/clients';
import type { SqlDatabase } from '@quality-hub/clients/db';
import type { Json, RecordKind } from '../ledger/ledger.ts';

/** What it is made with. Nothing of it is opened before it is touched. */
export interface EnvironmentContext {
  /** The default client. */
  readonly api: HttpClient;
  readonly clients: Readonly<Record<string, HttpClient>>;
  readonly db: Readonly<Record<string, SqlDatabase>>;
}

/** What every call is told. */
export interface EnvironmentCall<Context> {
  readonly context: Context;
  /** Aborts when the time for the call is over. */
  readonly signal: AbortSignal;
}

/**
 * Databases and schemas have this already: `isolation: 'template'`. This port is for the rest.
 *
 * `Handle` is what names it and what tests need of it. Without secrets: it stands in the ledger.
 */
export interface EnvironmentDefinition<Handle extends Json = Json, Context = EnvironmentContext> {
  /** Grows when what `remove` of older ones would need has changed. @default 1 */
  readonly version?: number;
  /** Makes it empty. `name` is a word that nobody else has: letters, digits and `-`, 40 at most. */
  create(name: string, call: EnvironmentCall<Context>): Promise<Handle>;
  /** Brings it to where tests can begin: tables, settings, first records. Once, after `create`. */
  migrate?(handle: Handle, call: EnvironmentCall<Context>): Promise<void>;
  /** Makes it as it was after `migrate`. After each test that has used it. @default it stays as it is */
  reset?(handle: Handle, call: EnvironmentCall<Context>): Promise<void>;
  /**
   * Removes what has this name. What is gone already, or was never made, is no error: `handle` is undefined where the answer
   * of `create` got lost.
   */
  remove(name: string, handle: Handle | undefined, call: EnvironmentCall<Context>): Promise<void>;
  /** Whether it is still there after `remove`. */
  exists?(name: string, handle: Handle | undefined, call: EnvironmentCall<Context>): Promise<boolean>;
}

/** One of the configuration, whatever its handle is. */
// biome-ignore lint/suspicious/noExplicitAny: a handle goes to the definition that made it, and to nobody else.
export type AnyEnvironment = EnvironmentDefinition<any>;

/** What the ledger knows of one. */
export interface EnvironmentRecord {
  readonly name: string;
  readonly handle?: Json;
}

const PREFIX = 'environment ';

/** How the ledger names an environment. */
export function environmentKindName(name: string): string {
  return PREFIX + name;
}

/** What a sweep asks of it: so a killed worker's is removed like any record. */
export function environmentKind<Handle extends Json, Context>(
  name: string,
  { version = 1, remove, exists }: EnvironmentDefinition<Handle, Context>,
): RecordKind<Context> {
  const never = new AbortController().signal;
  return {
    name: environmentKindName(name),
    version,
    // The name was chosen before it was made: that is enough to remove it.
    find: async input => input,
    remove: (record, context, signal = never) => {
      const made = record as unknown as EnvironmentRecord;
      return remove(made.name, made.handle as Handle | undefined, { context, signal });
    },
    ...(exists
      ? {
          exists: (record, context, signal = never) => {
            const made = record as unknown as EnvironmentRecord;
            return exists(made.name, made.handle as Handle | undefined, { context, signal });
          },
        }
      : {}),
  };
}
