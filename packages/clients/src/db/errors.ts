/** All errors of the database clients. */
import { QualityHubError } from '@quality-hub/protocol';

/** What an error of any driver means, in words that are the same for all. */
export type DatabaseTrouble =
  /** No connection could be made: nothing was executed. */
  | 'unreachable'
  /** The server starts, stops, or has no connection left: nothing was executed. */
  | 'unavailable'
  /** The connection broke under a statement: it may have been executed. */
  | 'broken'
  | 'credentials'
  | 'deadlock'
  | 'serialization'
  /** A lock was not given in time. */
  | 'locked'
  | 'timeout'
  | 'cancelled'
  | 'unique'
  | 'constraint'
  /** The statement is wrong: syntax, a table or column that is not there, a type. */
  | 'statement'
  | 'other';

const CODES: Readonly<Record<DatabaseTrouble, string>> = {
  unreachable: 'QH_DB_UNREACHABLE',
  unavailable: 'QH_DB_UNAVAILABLE',
  broken: 'QH_DB_BROKEN',
  credentials: 'QH_DB_CREDENTIALS',
  deadlock: 'QH_DB_DEADLOCK',
  serialization: 'QH_DB_SERIALIZATION',
  locked: 'QH_DB_LOCKED',
  timeout: 'QH_DB_TIMEOUT',
  cancelled: 'QH_DB_CANCELLED',
  unique: 'QH_DB_UNIQUE',
  constraint: 'QH_DB_CONSTRAINT',
  statement: 'QH_DB_STATEMENT',
  other: 'QH_DB_FAILED',
};

const HINTS: Readonly<Record<DatabaseTrouble, string>> = {
  unreachable: 'Look whether the server runs and whether the address is right',
  unavailable: 'The server starts, stops or has no connection left: wait for it, or use smaller pools',
  broken:
    'The statement may have been done: look before you repeat it, or say idempotent: true where twice does no harm',
  credentials: 'Look at the user, the password and the name of the database',
  deadlock: 'Let all transactions touch rows in the same order, or put less into one',
  serialization: 'Another transaction wrote what this one had read: repeat the whole transaction',
  locked: 'Another transaction holds the lock: look for one that was left open',
  timeout: 'Look at the plan of the statement, or give it more time with timeoutMs',
  cancelled: 'Somebody else cancelled the statement on the server',
  unique: 'The value is there already: give each test its own values',
  constraint: 'The row does not fit to the rules of the table',
  statement: 'Look at the statement and at the schema it runs against',
  other: 'See the message of the server',
};

/** In the words of the one classifier of `@quality-hub/resilience`, which takes an error's own word before all. */
export interface DatabaseClassification {
  readonly lasting: 'transient' | 'permanent';
  readonly blame: 'caller' | 'dependency' | 'network' | 'data' | 'credential';
  /** `no`: nothing was done for certain, so that it may be repeated whatever it is. */
  readonly applied: 'no' | 'maybe';
  /** The server has spoken: it is alive. */
  readonly answered: boolean;
}

const LOST: DatabaseClassification = { lasting: 'transient', blame: 'network', applied: 'maybe', answered: false };
const UNDONE: DatabaseClassification = { lasting: 'transient', blame: 'data', applied: 'no', answered: true };
const REFUSED: DatabaseClassification = { lasting: 'permanent', blame: 'data', applied: 'no', answered: true };
const OWN: DatabaseClassification = { lasting: 'permanent', blame: 'caller', applied: 'no', answered: false };

const CLASSIFICATIONS: Readonly<Record<DatabaseTrouble, DatabaseClassification>> = {
  unreachable: { ...LOST, applied: 'no' },
  unavailable: { lasting: 'transient', blame: 'dependency', applied: 'no', answered: true },
  broken: LOST,
  credentials: { ...REFUSED, blame: 'credential' },
  deadlock: UNDONE,
  serialization: UNDONE,
  locked: UNDONE,
  timeout: { lasting: 'transient', blame: 'dependency', applied: 'maybe', answered: false },
  cancelled: { lasting: 'transient', blame: 'dependency', applied: 'maybe', answered: true },
  unique: REFUSED,
  constraint: REFUSED,
  statement: { ...REFUSED, blame: 'caller' },
  other: { lasting: 'permanent', blame: 'dependency', applied: 'maybe', answered: true },
};

export interface DatabaseErrorFacts {
  readonly trouble: DatabaseTrouble;
  /** Name of the database, as in the configuration. */
  readonly database: string;
  /** What was being done: `select orders`, `connect`. */
  readonly operation: string;
  /** What the server or the driver calls it: `40P01`, `ER_LOCK_DEADLOCK`, `ECONNRESET`. */
  readonly serverCode?: string | undefined;
  /** How often it was tried. */
  readonly attempts?: number;
  /** It was repeated already, as often as allowed: whoever is outside must not do that again. */
  readonly exhausted?: boolean;
  readonly cause?: unknown;
}

/** Something that a database, or the way to it, did not do. `code` follows from `trouble`: `QH_DB_DEADLOCK` and so on. */
export class DatabaseError extends QualityHubError {
  readonly trouble: DatabaseTrouble;
  readonly database: string;
  readonly operation: string;
  readonly serverCode: string | undefined;
  readonly attempts: number;
  readonly classification: DatabaseClassification;

  constructor(message: string, facts: DatabaseErrorFacts) {
    const { trouble, database, operation, serverCode, attempts = 1, exhausted = false, cause } = facts;
    super(message, { code: CODES[trouble], hint: HINTS[trouble], cause });
    const classification = CLASSIFICATIONS[trouble];
    this.classification = exhausted ? { ...classification, lasting: 'permanent' } : classification;
    this.trouble = trouble;
    this.database = database;
    this.operation = operation;
    this.serverCode = serverCode;
    this.attempts = attempts;
  }
}

/** No connection of the pool became free in time (`QH_DB_POOL_WAIT`). */
export class PoolWaitError extends QualityHubError {
  readonly database: string;
  readonly classification: DatabaseClassification = { ...OWN, lasting: 'transient' };

  constructor(database: string, { waitedMs, size }: { waitedMs: number; size: number }) {
    super(`All ${size} connections to "${database}" were in use for ${Math.round(waitedMs)} ms`, {
      code: 'QH_DB_POOL_WAIT',
      hint: 'Look for transactions that stay open, use a larger pool, or run fewer things at once',
    });
    this.database = database;
  }
}

/** The database client was closed before, or while the call waited (`QH_DB_CLOSED`). */
export class DatabaseClosedError extends QualityHubError {
  readonly classification: DatabaseClassification = OWN;

  constructor(database: string) {
    super(`The client of database "${database}" is closed`, {
      code: 'QH_DB_CLOSED',
      hint: 'Await what you start: this call came after the end of the test, or of the worker',
    });
  }
}

/** The connection broke while the transaction was being committed: nobody knows whether it was (`QH_DB_COMMIT_UNKNOWN`). */
export class CommitUnknownError extends QualityHubError {
  readonly classification: DatabaseClassification = LOST;

  constructor(database: string, cause: unknown) {
    super(`The connection to "${database}" broke during COMMIT: the transaction may or may not be done`, {
      code: 'QH_DB_COMMIT_UNKNOWN',
      hint: 'Look at the data before you repeat it, or say idempotent: true where twice does no harm',
      cause,
    });
  }
}

/** A statement came to a transaction that can take no more (`QH_DB_TRANSACTION_OVER`). */
export class TransactionOverError extends QualityHubError {
  readonly classification: DatabaseClassification = OWN;

  constructor(database: string, why: string, cause?: unknown) {
    super(`A transaction on "${database}" can take no more statements: ${why}`, {
      code: 'QH_DB_TRANSACTION_OVER',
      hint: 'Await every statement inside of the function of the transaction, and let its errors through',
      cause,
    });
  }
}

/** A way of undoing what tests write does not fit (`QH_DB_ISOLATION`). */
export class IsolationError extends QualityHubError {
  constructor(message: string, hint: string, cause?: unknown) {
    super(message, { code: 'QH_DB_ISOLATION', hint, cause });
  }
}
