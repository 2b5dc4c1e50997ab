/** MySQL and MariaDB through `mysql2`, which is loaded with the first connection. */
import type { Socket } from 'node:net';
import type { ConnectionOptions, Connection as MysqlClient, ResultSetHeader } from 'mysql2';
import type { Connection, ConnectOptions, Driver, RawResult } from '../driver.ts';
import type { AddressSource } from '../options.ts';
import type { ServerLimits } from '../statement/limits.ts';
import { mysqlTrouble } from './mysql-trouble.ts';

const KEEP_ALIVE_MS = 10_000;
const KEPT_STATEMENTS = 256;
const CANCEL_TIMEOUT_MS = 1_000;

export function mysqlDriver(source: AddressSource, server: string): Driver {
  return {
    dialect: 'mysql',
    server,
    maxSize: 1_000,
    connect: options => connectMysql(source, options),
    setLimits: (connection, limits) => ({
      sql: limitStatement(limits, (connection as MysqlConnection).isMariaDb),
      params: [],
    }),
    begin: isolation => [
      ...(isolation ? [`SET TRANSACTION ISOLATION LEVEL ${isolation.toUpperCase()}`] : []),
      'START TRANSACTION',
    ],
    explain: sql => `EXPLAIN ${sql}`,
    troubleOf: mysqlTrouble,
  };
}

/** Lock waits are whole seconds there. MySQL limits reads only; our own timer ends the rest. */
function limitStatement({ statementMs, lockMs }: ServerLimits, isMariaDb: boolean): string {
  const lockSeconds = Math.max(1, Math.floor(lockMs / 1000));
  const statement = isMariaDb ? `max_statement_time = ${statementMs / 1000}` : `max_execution_time = ${statementMs}`;
  return `SET SESSION ${statement}, innodb_lock_wait_timeout = ${lockSeconds}, lock_wait_timeout = ${lockSeconds}`;
}

async function connectMysql(source: AddressSource, options: ConnectOptions): Promise<Connection> {
  const { signal, timeoutMs, limits, onBroken } = options;
  const uri = await source();
  const startedMs = performance.now();
  const client = await open(uri, timeoutMs, signal);
  const connection = new MysqlConnection(client, () => open(uri, CANCEL_TIMEOUT_MS));
  client.on('error', error => connection.breaks(error, onBroken));
  client.on('end', () => connection.breaks(new Error('The server closed the connection'), onBroken));
  // The time limit of mysql2 ends with the handshake; what is asked next belongs to making the connection, too.
  const drop = (): void => connection.destroy();
  const timer = setTimeout(drop, Math.max(1, timeoutMs - (performance.now() - startedMs)));
  signal?.addEventListener('abort', drop, { once: true });
  try {
    const { rows } = await connection.run('SELECT VERSION() AS version', []);
    connection.isMariaDb = String(rows[0]?.['version']).includes('MariaDB');
    await connection.run(limitStatement(limits, connection.isMariaDb), []);
    return connection;
  } catch (error) {
    drop();
    signal?.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', drop);
  }
}

async function open(uri: string, timeoutMs: number, signal?: AbortSignal): Promise<MysqlClient> {
  const { createConnection } = await import('mysql2');
  signal?.throwIfAborted();
  const settings: ConnectionOptions = {
    uri,
    connectTimeout: timeoutMs,
    enableKeepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_MS,
    supportBigNumbers: true,
    // A day is a day, and an instant is UTC, whatever the zone of this machine.
    dateStrings: ['DATE'],
    timezone: 'Z',
    maxPreparedStatements: KEPT_STATEMENTS,
  };
  const client = createConnection(settings);
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      client.destroy();
      reject(signal?.reason);
    };
    const settle = (end: () => void): void => {
      signal?.removeEventListener('abort', abort);
      end();
    };
    signal?.addEventListener('abort', abort, { once: true });
    client.once('connect', () => settle(() => resolve(client)));
    client.on('error', error => settle(() => reject(error)));
  });
}

class MysqlConnection implements Connection {
  broken: Error | undefined;
  isMariaDb = false;
  readonly #client: MysqlClient;
  readonly #openAnother: () => Promise<MysqlClient>;
  #ending = false;

  constructor(client: MysqlClient, openAnother: () => Promise<MysqlClient>) {
    this.#client = client;
    this.#openAnother = openAnother;
  }

  get id(): number {
    return this.#client.threadId ?? 0;
  }

  run(sql: string, params: readonly unknown[]): Promise<RawResult> {
    return new Promise((resolve, reject) => {
      const done = (error: Error | null, answer: unknown): void => {
        if (error) reject(error);
        else resolve(resultOf(answer));
      };
      // With parameters the server prepares the statement: nothing is ever pasted into its text.
      if (params.length === 0) this.#client.query(sql, done);
      else this.#client.execute(sql, params as never[], done);
    });
  }

  async cancel(): Promise<void> {
    const other = await this.#openAnother();
    try {
      // Asked from a connection of its own; that the thread is gone already is no failure.
      await new Promise<void>(resolve => {
        other.once('error', () => resolve());
        other.query(`KILL QUERY ${this.id}`, () => resolve());
      });
    } finally {
      other.destroy();
    }
  }

  ref(): void {
    this.#stream()?.ref();
  }

  unref(): void {
    this.#stream()?.unref();
  }

  end(): Promise<void> {
    this.#ending = true;
    return new Promise(resolve => {
      this.#client.once('error', () => resolve());
      this.#client.end(() => resolve());
    });
  }

  destroy(): void {
    this.broken ??= new Error('Connection dropped');
    // The statement that waits hears of it: `destroy` of mysql2 alone would leave it waiting for ever.
    const stream = this.#stream();
    if (stream) stream.destroy(Object.assign(new Error('Connection dropped'), { code: 'ECONNABORTED' }));
    else this.#client.destroy();
  }

  breaks(error: Error, onBroken: ConnectOptions['onBroken']): void {
    if (this.broken || this.#ending) return;
    this.broken = error;
    onBroken(this, error);
  }

  /** The types of mysql2 leave it out. */
  #stream(): Socket | undefined {
    return (this.#client as unknown as { readonly stream?: Socket }).stream;
  }
}

function resultOf(answer: unknown): RawResult {
  // A procedure answers with several results; its own rows come first.
  if (Array.isArray(answer)) {
    const rows = Array.isArray(answer[0]) ? answer[0] : answer;
    return { rows, rowCount: rows.length };
  }
  const { affectedRows = 0, insertId = 0 } = (answer ?? {}) as Partial<ResultSetHeader>;
  return { rows: [], rowCount: affectedRows, ...(insertId === 0 ? {} : { insertId }) };
}
