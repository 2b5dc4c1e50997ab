/** What a factory creates, finds and removes with. */
import type { HttpClient } from '@quality-hub/clients';
import type { SqlDatabase } from '@quality-hub/clients/db';

/**
 * Where a test runner tells the types that only it knows: `page`, `config`, `secrets`.
 *
 * @example
 * declare module '@quality-hub/data' {
 *   interface DataRegister { page: Page }
 * }
 */
// biome-ignore lint/suspicious/noEmptyInterface: runners add to it.
export interface DataRegister {}

type Registered<Name extends string, Otherwise> = DataRegister extends { readonly [N in Name]: infer Type }
  ? Type
  : Otherwise;

/** Nothing of it is opened before a factory touches it. */
export interface DataContext {
  /** The default client. */
  readonly api: HttpClient;
  readonly clients: Readonly<Record<string, HttpClient>>;
  readonly db: Readonly<Record<string, SqlDatabase>>;
  readonly secrets: Registered<'secrets', unknown>;
  /** The suite's own values. */
  // biome-ignore lint/suspicious/noExplicitAny: without a type of its own, the suite's schema alone knows.
  readonly config: Registered<'config', Readonly<Record<string, any>>>;
  /** What `data.with({ page })` has given. @throws {UnknownPartError} (`QH_DATA_UNKNOWN`) where there is none. */
  readonly page: Registered<'page', unknown>;
  /** Aborts with what asked for the record. */
  readonly signal: AbortSignal;
  /** The word in all names of who creates. */
  readonly namespace: string;
}

/** By what a record may be created. */
export type Via = 'api' | 'db' | 'page';

/** Opens what one way needs before it is used; without a name, all that any might. */
export type OpenContext = (way: Via | undefined, signal: AbortSignal) => Promise<DataContext>;
