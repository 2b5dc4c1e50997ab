/** What the database contract needs of a driver: clients, empty databases, and the statements that differ between servers. */
import type { Database } from '@quality-hub/protocol';

/** An ability that is not there, with the reason. */
export interface NotSupported {
  readonly notSupported: string;
}

export interface ContractOpenOptions {
  readonly url: string;
  readonly size?: number;
  readonly checkAfterMs?: number;
  readonly statementTimeoutMs?: number;
  readonly lockTimeoutMs?: number;
  readonly transactionRuns?: number;
}

/** A server of the suite's own, that may be stopped. */
export interface StoppableServer {
  /** Of an empty database. */
  readonly url: string;
  stop(): Promise<void>;
  /** Again on the same port, with the same data. */
  start(): Promise<void>;
  remove(): Promise<void>;
}

export interface DatabaseContractSource {
  readonly name: string;
  /** Why the suite is skipped. @default it runs */
  readonly skip?: string;
  open(options: ContractOpenOptions): Database;
  /** A new, empty database on the server that tests share. */
  create(): Promise<{ readonly url: string; drop(): Promise<void> }>;
  /** The n-th placeholder, from 1. */
  placeholder(n: number): string;
  /** A read that takes this long, with `mark` in its text. */
  slowRead(ms: number, mark: string): string;
  /** A statement that counts, as `n`, the running statements which have `mark` in their text, without itself. */
  readonly running: ((mark: string) => string) | NotSupported;
  /** It is reached over TCP. */
  readonly network: true | NotSupported;
  readonly stoppable: (() => Promise<StoppableServer>) | NotSupported;
  /** Two transactions can wait for each other. */
  readonly deadlocks: true | NotSupported;
}

/** `describe` and `test` of your runner; Vitest's and Playwright's fit. */
export interface ContractFunctions {
  describe(name: string, body: () => void): void;
  test(name: string, body: () => Promise<void>): void;
  skip(name: string, body: () => Promise<void>): void;
}

/** A test of the contract: what it needs, and how it is judged. */
export type ContractTest = (name: string, body: (given: ContractGiven) => Promise<void>) => void;

export interface ContractGiven {
  readonly url: string;
  /** Closed at the end. */
  open(options?: Partial<ContractOpenOptions>): Database;
  /** The n-th placeholder. */
  readonly p: (n: number) => string;
}
