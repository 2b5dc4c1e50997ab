/** What one call can be told, and which names that are: a wrong one is refused with "did you mean". */
import type { Readable } from 'node:stream';
import { closestName, OptionError } from '@quality-hub/protocol';
import type { Secret } from '@quality-hub/telemetry';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { MultipartFields } from './multipart.ts';

/** A secret in its box is opened when the request is made: errors, steps and templates of paths never have it. */
export type QueryValue = string | number | boolean | null | undefined | Secret<unknown>;
/** A list gives its name once for each value. Without a value (`undefined`, `null`) a name is left out. */
export type Query = Readonly<Record<string, QueryValue | readonly QueryValue[]>> | URLSearchParams | string;

/** One status, a hundred (`'2xx'`), or several of both. */
export type ExpectedStatus = number | `${1 | 2 | 3 | 4 | 5}xx` | readonly (number | `${1 | 2 | 3 | 4 | 5}xx`)[];

/** A stream can be sent once only; a function opens one for each attempt, so that the call can be retried. */
export type BodyInput = string | Uint8Array | Readable | (() => Readable);

export interface RequestOptions<Schema extends StandardSchemaV1 | undefined = StandardSchemaV1 | undefined> {
  /** Values of the `{names}` in the path, encoded. */
  readonly params?: Readonly<Record<string, string | number | bigint | Secret<unknown>>>;
  readonly query?: Query;
  /** Added to those of the client; `undefined` takes one of the client's away. */
  readonly headers?: Readonly<Record<string, string | Secret | undefined>>;
  /** Body as JSON, with the values of secrets that are in it. One of `json`, `form`, `multipart` and `body`. */
  readonly json?: unknown;
  /** Body as `application/x-www-form-urlencoded`. */
  readonly form?: Query;
  /** Body as `multipart/form-data`, files too. */
  readonly multipart?: MultipartFields | FormData;
  /** Body as it is. */
  readonly body?: BodyInput;
  /** What the answer's JSON must be: any Standard Schema (zod, valibot, arktype …). */
  readonly schema?: Schema;
  /** @default '2xx' */
  readonly expectStatus?: ExpectedStatus;
  /** False: an unexpected status is returned, not thrown. @default true */
  readonly throws?: boolean;
  /** Redirects that are followed. @default 10 */
  readonly redirects?: number;
  /** Doing it twice does the same as doing it once. @default by method: GET, HEAD, OPTIONS, PUT, DELETE; any with an `Idempotency-Key` */
  readonly idempotent?: boolean;
  /** Sends an `Idempotency-Key`, the same with each attempt; `true` makes one. */
  readonly idempotencyKey?: string | true;
  /** Longest time of the whole call with all attempts, in milliseconds. */
  readonly timeoutMs?: number;
  /** Higher goes first where calls wait. @default 0 */
  readonly priority?: number;
  /** Longest body that is read into memory, in bytes. @default that of the client */
  readonly maxBodyBytes?: number;
  /** Ends the call at once, with the signal's reason. */
  readonly signal?: AbortSignal;
}

const NAMES: ReadonlySet<string> = new Set<keyof RequestOptions>([
  'params',
  'query',
  'headers',
  'json',
  'form',
  'multipart',
  'body',
  'schema',
  'expectStatus',
  'throws',
  'redirects',
  'idempotent',
  'idempotencyKey',
  'timeoutMs',
  'priority',
  'maxBodyBytes',
  'signal',
]);
const NUMBERS = ['timeoutMs', 'redirects', 'maxBodyBytes'] as const;
const BODIES = ['json', 'form', 'multipart', 'body'] as const;
/** Names of other clients, which users have in their fingers. */
const FOREIGN: Readonly<Record<string, string>> = {
  searchParams: 'query',
  data: 'json',
  timeout: 'timeoutMs',
  failOnStatusCode: 'throws',
  throwHttpErrors: 'throws',
  maxRedirects: 'redirects',
  pathParams: 'params',
};

/** @throws {OptionError} that lists every problem (`QH_OPTION`). */
export function checkRequestOptions(doing: string, options: RequestOptions): void {
  let problems: string[] | undefined;
  let bodies = 0;
  for (const name in options) {
    if (NAMES.has(name)) {
      if ((options as Record<string, unknown>)[name] !== undefined && BODIES.includes(name as 'json')) bodies += 1;
      continue;
    }
    const meant = FOREIGN[name] ?? closestName(name, [...NAMES]);
    problems ??= [];
    problems.push(`there is no option "${name}"${meant === undefined ? '' : `, did you mean "${meant}"?`}`);
  }
  if (bodies > 1) {
    problems ??= [];
    problems.push(`a request has one body, not ${bodies}: give one of ${BODIES.join(', ')}`);
  }
  for (const name of NUMBERS) {
    const value = options[name];
    if (value === undefined || (Number.isFinite(value) && value >= 0)) continue;
    problems ??= [];
    problems.push(`${name} is ${value}, expected a number that is not negative`);
  }
  if (problems !== undefined) throw new OptionError(doing, problems);
}
