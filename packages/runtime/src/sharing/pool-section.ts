/** The section `pools` of a configuration. */
import type { HttpClient } from '@quality-hub/clients';
import type { SqlDatabase } from '@quality-hub/clients/db';
import type { StandardSchema } from '@quality-hub/config';
import type { Member, PoolContext, PoolRules } from '@quality-hub/state/sharing';
import type { Secret } from '@quality-hub/telemetry';

/** What functions of a pool are given. */
export interface PoolSurroundings extends PoolContext {
  /** A client of the configuration. @default its name: 'default' */
  readonly client: (name?: string) => HttpClient;
  readonly database: (name: string) => SqlDatabase;
  readonly secret: (name: string) => Promise<Secret>;
}

export interface PoolSection<M extends object = Member> extends PoolRules<M, PoolSurroundings> {
  /** Members as they are. One of these, `file`, `query`, `url` and `load`; or none of them, with `make`. */
  readonly members?: readonly M[];
  /** A file of members relative to the configuration: a list in JSON, or CSV with names in its first line. */
  readonly file?: string;
  /** One member in each row. */
  readonly query?: { readonly database: string; readonly sql: string; readonly params?: readonly unknown[] };
  /** A path that answers with a list of members, of the default client or another one. */
  readonly url?: string | { readonly client?: string; readonly path: string };
  /** Gives the members. The list of the first worker that asks counts for all of the run. */
  readonly load?: (context: PoolSurroundings) => readonly M[] | Promise<readonly M[]>;
  /** What each member has to be: zod, or any other standard schema. */
  readonly schema?: StandardSchema<unknown, M>;
}

/** A list of members, or with what is done with them. */
export type PoolEntry<M extends object = Member> = readonly M[] | PoolSection<M>;
