import { expect, test } from 'vitest';
import { callLog, facts, notFound, toBe } from '../testing/sample-attempt.ts';
import { fingerprintOf, normalise } from './fingerprint.ts';

test.for([
  ['took 1532ms of 5 s', 'took <duration> of <duration>'],
  ['GET http://127.0.0.1:43929/orders/17?token=x failed', 'GET 127.0.0.1/orders/<id> failed'],
  ['order 3f2504e0-4f89-11d3-9a0c-0305e82c3301 is gone', 'order <uuid> is gone'],
  ['commit 9fceb02d0ae598e95dc970b74767f19372d61af8', 'commit <hex>'],
  ['at 2026-11-21T10:00:00.000Z and 2026-11-21', 'at <time> and <time>'],
  ['expected 12 but got 1,250.50 of -3', 'expected <n> but got <n> of <n>'],
  ['answered 503 with ECONNRESET', 'answered 503 with ECONNRESET'],
  ['wrote /tmp/pw-1a2b/trace.zip', 'wrote <temp>'],
] as const)('%s becomes %s', ([message, normal]) => {
  expect(normalise(message)).toBe(normal);
});

test('ports, numbers and times do not make another failure', () => {
  const one = facts({
    error: `Error: apiRequestContext.get: connect ECONNREFUSED 127.0.0.1:4000${callLog('GET /orders/1')}`,
  });
  const other = facts({
    error: `Error: apiRequestContext.get: connect ECONNREFUSED 127.0.0.1:5000${callLog('GET /orders/2')}`,
  });
  expect(fingerprintOf(one)).toEqual(fingerprintOf(other));
});

test('another locator, matcher or status is another failure', () => {
  const keys = [
    notFound("getByText('a')"),
    notFound("getByText('b')"),
    toBe(201, 503),
    `Error: answered 503`,
    `Error: answered 502`,
  ].map(error => fingerprintOf(facts({ error })).family);
  expect(new Set(keys).size).toBe(5);
});

test('another place in the suite is the same family, but another fingerprint', () => {
  const at = (place: string) =>
    facts({
      error: {
        message: toBe(1, 2),
        stack: `Error: x\n    at Object.toBe (/suite/node_modules/expect/x.js:1:1)\n    at ${place}`,
      },
    });
  const one = fingerprintOf(at('placeOrder (/suite/pages/cart.ts:10:5)'));
  const lineMoved = fingerprintOf(at('placeOrder (/suite/pages/cart.ts:99:5)'));
  const other = fingerprintOf(at('async refund (/suite/pages/order.ts:10:5)'));
  expect(lineMoved).toEqual(one);
  expect(other.family).toBe(one.family);
  expect(other.exact).not.toBe(one.exact);
});

test('the error class is told, also where there is no error', () => {
  expect(fingerprintOf(facts({ error: 'TypeError: fetch failed' })).errorClass).toBe('TypeError');
  expect(fingerprintOf(facts({ status: 'timedOut' })).errorClass).toBe('Timeout');
  expect(fingerprintOf(facts({ error: '\u001b[31mboom\u001b[39m' })).text).toBe('boom');
});
