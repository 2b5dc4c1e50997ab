import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { BreakerOpenError, BulkheadFullError, QuotaError, TimeoutError } from '../errors.ts';
import { codeError, statusError } from '../testing/status-error.ts';
import { breakdownsIn } from './breakdowns.ts';
import { classify } from './classify.ts';

const say = (error: unknown): string => {
  const { lasting, blame, applied, answered } = classify(error);
  return `${lasting} ${blame}, applied: ${applied}, ${answered ? 'answered' : 'silent'}`;
};

describe('by status', () => {
  test.each([
    [400, 'permanent caller, applied: no, answered'],
    [401, 'permanent credential, applied: no, answered'],
    [403, 'permanent credential, applied: no, answered'],
    [404, 'permanent data, applied: no, answered'],
    [408, 'transient dependency, applied: no, answered'],
    [409, 'permanent data, applied: no, answered'],
    [418, 'permanent caller, applied: no, answered'],
    [423, 'transient data, applied: no, answered'],
    [429, 'transient dependency, applied: no, answered'],
    [500, 'transient dependency, applied: maybe, answered'],
    [501, 'permanent dependency, applied: maybe, answered'],
    [503, 'transient dependency, applied: maybe, answered'],
    [599, 'transient dependency, applied: maybe, answered'],
  ])('%s', (status, expected) => {
    expect(say(statusError(status))).toBe(expected);
    expect(say(Object.assign(new Error('x'), { statusCode: status }))).toBe(expected);
    expect(say(Object.assign(new Error('x'), { response: { status } }))).toBe(expected);
    expect(classify(statusError(status)).code).toBe(`HTTP ${status}`);
    expect(classify(statusError(status)).throttled ?? false).toBe(status === 429);
  });

  test('a status that is no failure says nothing', () => {
    expect(say(statusError(200))).toBe('permanent caller, applied: no, silent');
  });
});

describe('by code', () => {
  test.each([
    ['ECONNREFUSED', 'transient network, applied: no, silent'],
    ['ENOTFOUND', 'transient network, applied: no, silent'],
    ['EAI_AGAIN', 'transient network, applied: no, silent'],
    ['ECONNRESET', 'transient network, applied: maybe, silent'],
    ['UND_ERR_CONNECT_TIMEOUT', 'transient network, applied: no, silent'],
    ['UND_ERR_HEADERS_TIMEOUT', 'transient dependency, applied: maybe, silent'],
    ['UND_ERR_SOCKET', 'transient network, applied: maybe, silent'],
    ['UND_ERR_INVALID_ARG', 'permanent caller, applied: no, silent'],
    ['HPE_INVALID_CONSTANT', 'permanent dependency, applied: maybe, answered'],
    ['CERT_HAS_EXPIRED', 'permanent network, applied: no, silent'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'permanent network, applied: no, silent'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'permanent network, applied: no, silent'],
    ['40001', 'transient data, applied: no, answered'],
    ['40P01', 'transient data, applied: no, answered'],
    ['23505', 'permanent data, applied: no, answered'],
    ['28P01', 'permanent credential, applied: no, answered'],
    ['42501', 'permanent credential, applied: no, answered'],
    ['42P01', 'permanent caller, applied: no, answered'],
    ['53300', 'transient dependency, applied: no, answered'],
    ['57P01', 'transient network, applied: maybe, silent'],
    ['57P03', 'transient dependency, applied: no, answered'],
    ['08006', 'transient network, applied: maybe, silent'],
    ['08001', 'transient network, applied: no, silent'],
    ['57014', 'transient dependency, applied: maybe, silent'],
    ['XX000', 'permanent dependency, applied: maybe, answered'],
    ['PROTOCOL_CONNECTION_LOST', 'transient network, applied: maybe, silent'],
    ['ERR_CONNECTION_REFUSED', 'transient network, applied: no, silent'],
    ['ERR_CERT_DATE_INVALID', 'permanent network, applied: no, silent'],
    ['NS_ERROR_NET_RESET', 'transient network, applied: maybe, silent'],
    ['SQLITE_BUSY', 'transient data, applied: no, answered'],
    ['SQLITE_2067', 'permanent data, applied: no, answered'],
    ['SQLITE_CONSTRAINT_UNIQUE', 'permanent data, applied: no, answered'],
    ['SQLITE_OF_TOMORROW', 'permanent caller, applied: no, silent'],
    ['ER_DUP_ENTRY', 'permanent data, applied: no, answered'],
    ['ER_LOCK_DEADLOCK', 'transient data, applied: no, answered'],
    ['EVERY', 'permanent caller, applied: no, silent'],
    ['constructor', 'permanent caller, applied: no, silent'],
  ])('%s', (code, expected) => expect(say(codeError(code))).toBe(expected));

  test.each([
    ['ER_LOCK_DEADLOCK', 1213, 'transient data, applied: no, answered'],
    ['ER_LOCK_WAIT_TIMEOUT', 1205, 'transient data, applied: no, answered'],
    ['ER_CHECKREAD', 1020, 'transient data, applied: no, answered'],
    ['ER_CON_COUNT_ERROR', 1040, 'transient dependency, applied: no, answered'],
    ['ER_ACCESS_DENIED_ERROR', 1045, 'permanent credential, applied: no, answered'],
    ['ER_DUP_ENTRY', 1062, 'permanent data, applied: no, answered'],
    ['ER_SERVER_SHUTDOWN', 1053, 'transient network, applied: maybe, silent'],
    ['ER_STATEMENT_TIMEOUT', 1969, 'transient dependency, applied: maybe, silent'],
    ['ER_PARSE_ERROR', 1064, 'permanent caller, applied: no, answered'],
    ['ER_OF_TOMORROW', 99_999, 'permanent caller, applied: no, answered'],
  ])('%s of MySQL', (code, errno, expected) => expect(say(codeError(code, { errno }))).toBe(expected));

  test('a connection that could not be made was not used', () => {
    expect(say(codeError('ETIMEDOUT', { syscall: 'connect' }))).toBe('transient network, applied: no, silent');
    expect(say(codeError('ETIMEDOUT', { syscall: 'read' }))).toBe('transient network, applied: maybe, silent');
  });
});

test('errors of a real SQLite are known', () => {
  const database = new DatabaseSync(':memory:');
  const failure = (sql: string): unknown => {
    try {
      database.exec(sql);
    } catch (error) {
      return error;
    }
    throw new Error('it did not fail');
  };
  database.exec('CREATE TABLE a (id INTEGER PRIMARY KEY)');
  database.exec('INSERT INTO a VALUES (1)');
  expect(say(failure('INSERT INTO a VALUES (1)'))).toBe('permanent data, applied: no, answered');
  expect(say(failure('SELECT * FROM nowhere'))).toBe('permanent caller, applied: no, answered');
  expect(say(codeError('ERR_SQLITE_ERROR', { errcode: 5 }))).toBe('transient data, applied: no, answered');
  expect(say(codeError('ERR_SQLITE_ERROR', { errcode: 517 }))).toBe('transient data, applied: no, answered');
  expect(say(codeError('ERR_SQLITE_ERROR', { errcode: 11 }))).toBe('permanent dependency, applied: maybe, answered');
});

describe('by what lies inside', () => {
  test('a real refused fetch is told by its cause', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await new Promise(resolve => server.close(resolve));
    const error: unknown = await fetch(`http://127.0.0.1:${port}/`).catch(error => error);
    expect(classify(error)).toMatchObject({ lasting: 'transient', blame: 'network', applied: 'no' });
  });

  test('the first of several errors speaks for all', () => {
    const error = new AggregateError([codeError('ECONNREFUSED'), codeError('ENETUNREACH')], '');
    expect(classify(error)).toMatchObject({ blame: 'network', code: 'ECONNREFUSED' });
  });

  test('causes in a circle end', () => {
    const a: Error & { cause?: unknown } = new Error('a');
    a.cause = new Error('b', { cause: a });
    expect(say(a)).toBe('permanent caller, applied: no, silent');
  });

  test('what an error says of itself counts before all', () => {
    const classification = { lasting: 'transient', blame: 'data', applied: 'no', answered: true } as const;
    expect(classify(statusError(500, { classification }))).toBe(classification);
  });

  test('how long to wait comes along', () => {
    expect(classify(statusError(503, { retryAfterMs: 1_500 })).retryAfterMs).toBe(1_500);
    expect(classify(statusError(503, { retryAfterMs: Number.NaN })).retryAfterMs).toBeUndefined();
  });
});

describe('by name', () => {
  test.each<[unknown, string]>([
    [new DOMException('aborted', 'AbortError'), 'permanent caller, applied: no, silent'],
    [new DOMException('timed out', 'TimeoutError'), 'transient dependency, applied: maybe, silent'],
    [new Error('Connection terminated unexpectedly'), 'transient network, applied: maybe, silent'],
    [new Error('timeout exceeded when trying to connect'), 'transient dependency, applied: no, answered'],
    [new TypeError('x is undefined'), 'permanent caller, applied: no, silent'],
    ['a text', 'permanent caller, applied: no, silent'],
    [null, 'permanent caller, applied: no, silent'],
    [undefined, 'permanent caller, applied: no, silent'],
  ])('%s', (error, expected) => expect(say(error)).toBe(expected));

  test.each([
    ['page.goto: net::ERR_CONNECTION_REFUSED at http://127.0.0.1:1/', 'transient network, applied: no, silent'],
    ['apiRequestContext.get: connect ECONNREFUSED 127.0.0.1:1', 'transient network, applied: no, silent'],
    ['apiRequestContext.post: socket hang up', 'transient network, applied: maybe, silent'],
    ['page.goto: Timeout 300ms exceeded.', 'transient dependency, applied: maybe, silent'],
    ['page.goto: net::ERR_ABORTED; maybe frame was detached?', 'permanent caller, applied: no, silent'],
    ['locator.click: Target page, context or browser has been closed', 'permanent caller, applied: no, silent'],
    // What a test compares with is its own word.
    ['expected ECONNREFUSED, received nothing', 'permanent caller, applied: no, silent'],
  ])('Playwright says %s', (message, expected) => expect(say(new Error(message))).toBe(expected));

  test('a locator that is not found in time says nothing of a server', () => {
    const late = (message: string) => Object.assign(new Error(message), { name: 'TimeoutError' });
    expect(say(late('locator.click: Timeout 300ms exceeded.'))).toBe('permanent caller, applied: no, silent');
    expect(say(late('page.goto: Timeout 300ms exceeded.'))).toBe('transient dependency, applied: maybe, silent');
    expect(say(late('page.goto: net::ERR_TIMED_OUT'))).toBe('transient dependency, applied: maybe, silent');
  });

  test('an answer that is no JSON is a broken one', () => {
    const error = (() => {
      try {
        return JSON.parse('<html>');
      } catch (error) {
        return error;
      }
    })();
    expect(say(error)).toBe('permanent dependency, applied: maybe, answered');
  });
});

test('refusals of ours reach nobody', () => {
  expect(say(new BreakerOpenError('shop', { reason: 'x' }))).toBe('transient dependency, applied: no, silent');
  expect(say(new BulkheadFullError('shop', { running: 1, queued: 1 }))).toBe('transient caller, applied: no, silent');
  expect(say(new QuotaError('shop', { calls: 1 }))).toBe('permanent caller, applied: no, silent');
  expect(say(new TimeoutError(5))).toBe('transient dependency, applied: maybe, silent');
});

describe('how a connection failed', () => {
  test.each<[string, string | undefined]>([
    ['ECONNREFUSED', 'refused'],
    ['ECONNRESET', 'cut'],
    ['EAI_AGAIN', 'unreachable'],
    ['CERT_HAS_EXPIRED', 'unreachable'],
    ['ETIMEDOUT', 'silent'],
    ['ERR_EMPTY_RESPONSE', 'cut'],
    ['40P01', undefined],
    ['EMFILE', undefined],
  ])('%s', (code, breakdown) => expect(classify(codeError(code)).breakdown).toBe(breakdown));

  test('also where it could not be made', () => {
    const connect = { syscall: 'connect' };
    expect(classify(codeError('ECONNREFUSED', connect)).breakdown).toBe('refused');
    expect(classify(codeError('ETIMEDOUT', connect)).breakdown).toBe('silent');
    expect(classify(codeError('EACCES', connect)).breakdown).toBe('unreachable');
  });

  test('is found in a text, codes first', () => {
    const text =
      'other side closed\n at x\nConnect Timeout Error; then net::ERR_NAME_NOT_RESOLVED and connect ECONNREFUSED';
    expect(breakdownsIn(text)).toEqual([
      { breakdown: 'unreachable', said: 'ERR_NAME_NOT_RESOLVED' },
      { breakdown: 'refused', said: 'ECONNREFUSED' },
      { breakdown: 'cut', said: 'other side closed' },
      { breakdown: 'silent', said: 'Connect Timeout Error' },
    ]);
    expect(breakdownsIn('EXPECTED an ERROR, SOME_CONSTANT and HTTP_PROXY')).toEqual([]);
  });
});
