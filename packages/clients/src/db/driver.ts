/** What the rest asks of a driver: connections that run one statement at a time, and the words of its server. */
import type { Isolation, QueryResult } from '@quality-hub/protocol';
import type { DatabaseTrouble } from './errors.ts';
import type { ServerLimits } from './statement/limits.ts';

export interface RawResult extends QueryResult {
  /** What the server says it did, where it says it: `COMMIT`, `ROLLBACK`. */
  readonly command?: string;
}

/** One connection. It is used by one caller at a time. */
export interface Connection {
  /** What the server calls it: a process id, a thread id. For people. */
  readonly id: number;
  /** Why it can no longer be used. */
  readonly broken: Error | undefined;
  run(sql: string, params: readonly unknown[]): Promise<RawResult>;
  /** Asks the server to end the statement that runs now. Resolves when the server has the message. */
  cancel(): Promise<void>;
  /** Somebody waits for it: it keeps the process alive. */
  ref(): void;
  /** It is idle: it does not. */
  unref(): void;
  /** Says goodbye. */
  end(): Promise<void>;
  /** Drops the socket. */
  destroy(): void;
}

export interface ConnectOptions {
  readonly timeoutMs: number;
  readonly limits: ServerLimits;
  readonly signal?: AbortSignal | undefined;
  /** Called once, when it breaks. */
  readonly onBroken: (connection: Connection, error: Error) => void;
}

export interface TroubleFacts {
  readonly trouble: DatabaseTrouble;
  readonly serverCode: string | undefined;
}

export interface Statement {
  readonly sql: string;
  readonly params: readonly unknown[];
}

export interface Driver {
  readonly dialect: 'postgres' | 'mysql' | 'sqlite';
  /** Host and port, or the file: what a breaker and an error name. No user, no password. */
  readonly server: string;
  /** The most connections that make sense; a database in memory has one. */
  readonly maxSize: number;
  connect(options: ConnectOptions): Promise<Connection>;
  /** Sets what the server itself keeps to; undefined where there is nothing to set. */
  setLimits(connection: Connection, limits: ServerLimits): Statement | undefined;
  begin(isolation: Isolation | undefined): readonly string[];
  /** The statement that shows the plan of another, without running it. */
  explain(sql: string): string;
  troubleOf(error: unknown): TroubleFacts;
}
