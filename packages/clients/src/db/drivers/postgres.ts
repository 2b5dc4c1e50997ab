/** PostgreSQL through `pg`, which is loaded with the first connection. */
import type { Client, CustomTypesConfig } from 'pg';
import type { Connection, ConnectOptions, Driver, RawResult } from '../driver.ts';
import type { AddressSource } from '../options.ts';
import { inNumberRange } from '../rows/numbers.ts';
import { cancelRequest } from './postgres-cancel.ts';
import { postgresTrouble } from './postgres-trouble.ts';

const CANCEL_TIMEOUT_MS = 1_000;
const KEEP_ALIVE_MS = 10_000;
const INT8 = 20;
const DATE = 1082;
const TIMESTAMP = 1114;

/** Parts of `pg` that its types leave out. */
interface Internals {
  readonly processID: number;
  readonly secretKey: number;
  readonly connection: { readonly stream: { destroy(): void } };
  ref(): void;
  unref(): void;
}

export function postgresDriver(source: AddressSource, server: string): Driver {
  return {
    dialect: 'postgres',
    server,
    maxSize: 1_000,
    connect: options => connectPostgres(source, options),
    setLimits: (_connection, { statementMs, lockMs }) => ({
      sql: `SET statement_timeout = ${statementMs}; SET lock_timeout = ${lockMs}`,
      params: [],
    }),
    begin: isolation => [isolation ? `BEGIN ISOLATION LEVEL ${isolation.toUpperCase()}` : 'BEGIN'],
    explain: sql => `EXPLAIN ${sql}`,
    troubleOf: postgresTrouble,
  };
}

async function connectPostgres(
  source: AddressSource,
  { timeoutMs, limits, signal, onBroken }: ConnectOptions,
): Promise<Connection> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({
    connectionString: await source(),
    connectionTimeoutMillis: timeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    fallback_application_name: 'quality-hub',
    statement_timeout: limits.statementMs,
    lock_timeout: limits.lockMs,
    types: typesOver(pg.types),
  });
  const inner = client as unknown as Internals;
  const connection = new PostgresConnection(client, inner);
  client.on('error', error => connection.breaks(error, onBroken));
  client.on('end', () => connection.breaks(new Error('Connection terminated'), onBroken));
  const abort = (): void => inner.connection.stream.destroy();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    signal?.throwIfAborted();
    await client.connect();
    return connection;
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

class PostgresConnection implements Connection {
  broken: Error | undefined;
  readonly #client: Client;
  readonly #inner: Internals;
  #ending = false;

  constructor(client: Client, inner: Internals) {
    this.#client = client;
    this.#inner = inner;
  }

  get id(): number {
    return this.#inner.processID;
  }

  async run(sql: string, params: readonly unknown[]): Promise<RawResult> {
    // Without parameters `pg` sends a simple query, which may hold several statements: the last one answers.
    const answer = await this.#client.query({ text: sql, values: params.map(sent) });
    const last = Array.isArray(answer) ? answer.at(-1) : answer;
    return { rows: last?.rows ?? [], rowCount: last?.rowCount ?? 0, command: last?.command ?? '' };
  }

  cancel(): Promise<void> {
    const { host, port } = this.#client;
    const { processID: processId, secretKey: secret } = this.#inner;
    return cancelRequest({ host, port }, { processId, secret }, CANCEL_TIMEOUT_MS);
  }

  ref(): void {
    this.#inner.ref();
  }

  unref(): void {
    this.#inner.unref();
  }

  async end(): Promise<void> {
    this.#ending = true;
    await this.#client.end();
  }

  destroy(): void {
    this.broken ??= new Error('Connection dropped');
    this.#inner.connection.stream.destroy();
  }

  breaks(error: Error, onBroken: ConnectOptions['onBroken']): void {
    if (this.broken || this.#ending) return;
    this.broken = error;
    onBroken(this, error);
  }
}

/** `pg` writes a date in local time, which a column without a time zone would keep as if it were UTC. */
function sent(value: unknown): unknown {
  return value instanceof Date ? value.toISOString() : value;
}

/** The parsers of `pg`, without its three traps: large numbers as text, days and instants moved by the local time zone. */
function typesOver(types: CustomTypesConfig): CustomTypesConfig {
  const own: Readonly<Record<number, (text: string) => unknown>> = {
    [INT8]: text => inNumberRange(BigInt(text)),
    [DATE]: text => text,
    [TIMESTAMP]: text => (text.endsWith('infinity') ? text : new Date(`${text.replace(' ', 'T')}Z`)),
  };
  return {
    // biome-ignore lint/suspicious/noExplicitAny: the overloads of `pg` differ by format only.
    getTypeParser: ((oid: number, format?: any) =>
      format === 'binary' || !(oid in own)
        ? types.getTypeParser(oid, format)
        : own[oid]) as CustomTypesConfig['getTypeParser'],
  };
}
