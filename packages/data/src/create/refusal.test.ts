import { expect, test } from 'vitest';
import { wasRefused } from './refusal.ts';

test.for([
  ['an answer of 422', { status: 422 }, true],
  ['an answer of 404', { status: 404 }, true],
  ['a conflict at the first try', { status: 409, attempts: 1 }, true],
  ['a conflict after others: the first may have created it', { status: 409, attempts: 2 }, false],
  ['an answer of 500', { status: 500 }, false],
  ['an answer of 503', { status: 503 }, false],
  ['no connection', { code: 'ECONNREFUSED', syscall: 'connect' }, true],
  ['a connection that broke', { code: 'ECONNRESET' }, false],
  ['a timeout', { code: 'QH_TIMEOUT' }, false],
  ['an open breaker', { code: 'QH_BREAKER_OPEN' }, true],
  ['a unique constraint of PostgreSQL', { code: '23505' }, true],
  ['a mistake in the code of create, perhaps after its call', new TypeError('x is undefined'), false],
] as const)('%s', async ([, error, refused]) => {
  expect(await wasRefused(error)).toBe(refused);
});
