/**
 * Databases behind resilience: PostgreSQL, MySQL and MariaDB, SQLite.
 *
 * Knows pools, statements and their limits, transactions, what may be repeated, and how to undo what a test wrote. Does not
 * know Playwright, or where an address comes from. Drivers are loaded with the first connection.
 */
export {
  CommitUnknownError,
  type DatabaseClassification,
  DatabaseClosedError,
  DatabaseError,
  type DatabaseTrouble,
  IsolationError,
  PoolWaitError,
  TransactionOverError,
} from './errors.ts';
export { createIsolation, type Isolation, type IsolationOptions } from './isolation/create-isolation.ts';
export { type Filler, type Filling, readFilling } from './isolation/filling.ts';
export type { IsolatedTest, IsolationReport } from './isolation/isolated-test.ts';
export type { Owner } from './isolation/names.ts';
export {
  type IsolationSection,
  isolationProblems,
  NO_TEMPLATE,
  type TemplateSection,
  type TruncateSection,
} from './isolation/section.ts';
export { ISOLATION_STRATEGIES, type IsolationStrategy, whyNoStrategy } from './isolation/strategy.ts';
export { type Clone, openTemplates, type TemplateOptions, type Templates } from './isolation/templates.ts';
export { type TruncateOptions, truncateAll } from './isolation/truncate.ts';
export { openDatabase } from './open-database.ts';
export type { AddressSource, DatabaseOptions, PoolOptions } from './options.ts';
export type { QueryRecord } from './record.ts';
export { type CompareOptions, compareRows, type ExpectedRow, type RowComparison } from './rows/compare-rows.ts';
export { fragment, identifier, list, SqlFragment, type SqlTag } from './sql.ts';
export type { DatabaseLease, HeldTransaction, SqlDatabase, SqlTransaction } from './sql-database.ts';
