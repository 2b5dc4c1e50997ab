/** The one place that knows what an error means: for retries, breakers, verdicts and reports alike. */
import { isLocatorTimeout, playwrightRow } from './breakdowns.ts';
import {
  BROKEN,
  BUSY,
  type Classification,
  CUT,
  fromRow,
  NOT_REACHED,
  OWN_MISTAKE,
  type Row,
  SILENT,
} from './classification.ts';
import { classifyStatus } from './http-status.ts';
import { mysqlRow } from './mysql-codes.ts';
import { networkRow } from './network-codes.ts';
import { postgresRow } from './postgres-codes.ts';
import { sqliteRow } from './sqlite-codes.ts';

/** Errors of policies themselves. Nothing was sent where a policy has refused. */
const OWN: Readonly<Record<string, Row>> = {
  QH_TIMEOUT: SILENT,
  QH_DEADLINE: SILENT,
  QH_BREAKER_OPEN: ['transient', 'dependency', 'no', false],
  QH_RATE_LIMITED: ['transient', 'caller', 'no', false],
  QH_BULKHEAD_FULL: ['transient', 'caller', 'no', false],
  QH_QUOTA: OWN_MISTAKE,
  QH_OPTION: OWN_MISTAKE,
};

/** As far as causes are followed. */
const DEEPEST = 8;

/**
 * Says of any thrown value whether the failure lasts and whose it is.
 *
 * Knows the codes of Node, TLS, undici, browsers, PostgreSQL, MySQL, MariaDB and SQLite, the words of Playwright, HTTP statuses (`status` or `statusCode` of
 * the error or of its `response`), and what an error says of itself in `classification`. An error without a word is
 * looked into: its `cause`, and the first of its `errors`. What nobody knows is a permanent failure of the caller: a
 * mistake in code must not be retried.
 */
export function classify(error: unknown): Classification {
  return look(error, 0) ?? fromRow(OWN_MISTAKE);
}

function look(error: unknown, depth: number): Classification | undefined {
  if (typeof error !== 'object' || error === null || depth > DEEPEST) return undefined;
  const facts = error as Readonly<Record<string, unknown>>;
  if (isClassification(facts.classification)) return facts.classification;
  const told = byStatus(facts) ?? byCode(facts) ?? byName(facts);
  if (told) return withRetryAfter(told, facts);
  const inner = look(facts.cause, depth + 1);
  if (inner) return inner;
  return Array.isArray(facts.errors) ? look(facts.errors[0], depth + 1) : undefined;
}

function byStatus(facts: Readonly<Record<string, unknown>>): Classification | undefined {
  const response = facts.response as Readonly<Record<string, unknown>> | null | undefined;
  for (const status of [facts.status, facts.statusCode, response?.status, response?.statusCode]) {
    const told = typeof status === 'number' ? classifyStatus(status) : undefined;
    if (told) return told;
  }
  return undefined;
}

function byCode(facts: Readonly<Record<string, unknown>>): Classification | undefined {
  const { code } = facts;
  if (typeof code !== 'string') return undefined;
  const row =
    (Object.hasOwn(OWN, code) ? OWN[code] : undefined) ??
    (facts.syscall === 'connect' ? notReached(code) : networkRow(code)) ??
    mysqlRow(code, facts.errno) ??
    sqliteRow(code, facts.errcode) ??
    postgresRow(code);
  return row && fromRow(row, code);
}

/** Nothing was sent where no connection was made, whatever else the code says. */
function notReached(code: string): Row {
  const [lasting, blame, applied, answered] = NOT_REACHED;
  return [lasting, blame, applied, answered, networkRow(code)?.[4] ?? 'unreachable'];
}

/** Errors that have a name and no code, or the number 20 or 23 of old for one. */
function byName({ name, message }: Readonly<Record<string, unknown>>): Classification | undefined {
  if (name === 'AbortError') return fromRow(OWN_MISTAKE, 'AbortError');
  const text = String(message);
  const told = playwrightRow(text);
  if (told) return fromRow(told, name === 'TimeoutError' ? name : undefined);
  if (name === 'TimeoutError') return fromRow(isLocatorTimeout(text) ? OWN_MISTAKE : SILENT, name);
  // An answer that is no JSON, or ends in the middle.
  if (name === 'SyntaxError' && /JSON/.test(text)) return fromRow(BROKEN, 'SyntaxError');
  // `pg` has no codes for these.
  if (/^Connection terminated|^Client has encountered a connection error/.test(text)) return fromRow(CUT);
  if (/^timeout exceeded when trying to connect/.test(text)) return fromRow(BUSY);
  return undefined;
}

function withRetryAfter(told: Classification, { retryAfterMs }: Readonly<Record<string, unknown>>): Classification {
  return typeof retryAfterMs === 'number' && retryAfterMs >= 0 ? { ...told, retryAfterMs } : told;
}

function isClassification(value: unknown): value is Classification {
  return typeof value === 'object' && value !== null && 'lasting' in value && 'blame' in value;
}
