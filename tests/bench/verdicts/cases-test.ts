/** The test itself is wrong, or the machine it runs on gives out. */
import { type Case, plain, switched } from './case.ts';

const own = (title: string, kind: string, route: string, shows: RegExp): Case =>
  plain(title, kind, route, { truth: 'test', shows });

const tabEnds = (title: string, route: string): Case =>
  switched(title, { route, fault: { kind: 'page-crash' } }, { truth: 'resource', shows: /crash/i });

/** Slow enough that the machine strikes in the middle of it. */
const workerEnds = (title: string, route: string): Case =>
  switched(
    title,
    { route, fault: { kind: 'latency', ms: 2500 } },
    { truth: 'resource', kind: 'worker-killed', shows: /worker process exited/, killAfterMs: 1200 },
  );

export const testCases: readonly Case[] = [
  own('catalogue 16', 'strict-mode', 'GET /', /strict mode violation/),
  own('catalogue 17', 'type-error', 'GET /api/products', /Cannot read properties of undefined/),
  own('catalogue 18', 'own-arithmetic', 'none', /pages of 41 products/),
  own('catalogue 22', 'wrong-parser', 'GET /products/:sku', /SyntaxError/),
  own('cart 19', 'malformed-request', 'PUT /api/cart/items/:sku', /\b400\b/),
  own('cart 20', 'no-such-button', 'GET /products/:sku', /waiting for getByRole\('button', { name: 'Buy now' }\)/),
  own('cart 23', 'bad-selector', 'GET /cart', /Unexpected|Unsupported|Error while parsing/),
  // The shop says `status`; the test waits for ever for a `state`.
  own('checkout 25', 'waits-for-itself', 'GET /api/orders/:id', /Test timeout/),
  // 201 is what the shop always answers to a payment.
  own('payments 13', 'wrong-status', 'POST /api/orders/:id/payments', /Received: +201/),
];

export const resourceCases: readonly Case[] = [
  tabEnds('catalogue 19', 'GET /lookbook'),
  tabEnds('catalogue 20', 'GET /products/:sku'),
  workerEnds('checkout 22', 'GET /api/orders/:id'),
  workerEnds('checkout 23', 'POST /api/orders'),
  plain('checkout 24', 'heap-limit', 'none', { truth: 'resource', shows: /worker process exited/ }),
  plain('payments 12', 'disk-full', 'none', { truth: 'resource', shows: /ENOSPC/ }),
];
