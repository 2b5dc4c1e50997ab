/** Something around the product does not answer as it should: the environment's team has to act. */
import type { Fault, SwitchInput } from '../../shop/src/index.ts';
import { type Case, plain, switched } from './case.ts';

const overloaded: Fault = { kind: 'error', status: 503 };
const reset: Fault = { kind: 'reset' };
const hang: Fault = { kind: 'hang' };
const tooMany: Fault = { kind: 'rate-limit', retryAfterSeconds: 2 };
const locked: Fault = { kind: 'database-locked' };
const outage: Fault = { kind: 'outage' };

function environment(title: string, route: string, fault: Fault, shows: RegExp): Case {
  return switched(title, { route, fault }, { truth: 'environment', shows });
}

function payments(title: string, wanted: Omit<SwitchInput, 'service'>, shows: RegExp): Case {
  return switched(title, { service: 'payments', ...wanted }, { truth: 'environment', shows });
}

/** The shop fell over somebody else's request and is being started again: this test only meets the closed port. */
const restarting = (title: string, shows: RegExp): Case =>
  switched(
    title,
    { route: 'GET /health', fault: { kind: 'crash', downMs: 3500 }, when: { count: 1 } },
    { truth: 'environment', kind: 'restart', shows, poke: '/health' },
  );

export const environmentCases: readonly Case[] = [
  environment('catalogue 01', 'GET /api/products', overloaded, /\b503\b/),
  environment('catalogue 02', 'GET /', overloaded, /GET \/ 503/),
  environment('catalogue 03', 'GET /api/products/:sku', { kind: 'latency', ms: 3000 }, /1500ms exceeded/),
  environment('catalogue 04', 'GET /', hang, /page\.goto: Timeout/),
  environment('catalogue 05', 'GET /products/:sku', reset, /ERR_CONNECTION_RESET/),
  environment('catalogue 06', 'GET /api/categories', reset, /ECONNRESET|socket hang up/),
  environment('catalogue 07', 'GET /', { kind: 'slow-query', ms: 3400 }, /page\.goto: Timeout/),
  environment('catalogue 21', 'GET /api/stock/:sku', tooMany, /\b429\b/),
  // Without its script a page is only text, and nothing on it says so.
  environment('catalogue 23', 'GET /shop.js', overloaded, /\b503\b/),

  environment('cart 01', 'PUT /api/cart/items/:sku', tooMany, /\b429\b/),
  environment('cart 02', 'PUT /api/cart/items/:sku', overloaded, /PUT \/api\/cart\/items\/TEA-MINT 503/),
  environment('cart 03', 'PUT /api/cart/items/:sku', reset, /ERR_CONNECTION_RESET/),
  environment('cart 04', 'GET /cart', { kind: 'latency', ms: 4000 }, /page\.goto: Timeout/),
  environment('cart 05', 'PUT /api/cart/items/:sku', locked, /\b503\b/),
  environment('cart 06', 'PUT /api/cart/coupon', hang, /PUT \/api\/cart\/coupon pending/),

  environment('checkout 01', 'POST /api/orders', overloaded, /\b503\b/),
  environment('checkout 02', 'POST /api/orders', locked, /POST \/api\/orders 503/),
  environment('checkout 03', 'POST /api/orders', reset, /ECONNRESET|socket hang up/),
  environment('checkout 04', 'POST /api/orders', hang, /Timeout 2500ms exceeded/),
  environment('checkout 05', 'GET /api/orders', { kind: 'slow-query', ms: 2200 }, /1500ms exceeded/),
  environment('checkout 06', 'GET /orders/:id', overloaded, /GET \/orders\/\S+ 503/),
  switched('checkout 10', { fault: outage }, { truth: 'environment', shows: /ECONNREFUSED/ }),
  switched('checkout 11', { fault: outage }, { truth: 'environment', shows: /ERR_CONNECTION_REFUSED/ }),
  restarting('checkout 12', /ECONNREFUSED/),

  payments('payments 01', { fault: outage }, /\b502\b/),
  payments('payments 02', { fault: outage }, /POST \/api\/orders\/\S+ 502/),
  payments('payments 03', { route: 'POST /payments', fault: hang }, /\b504\b/),
  payments('payments 04', { route: 'POST /payments', fault: { kind: 'latency', ms: 2000 } }, /\b504\b/),
  payments('payments 05', { route: 'POST /payments/:id/refunds', fault: overloaded }, /\b502\b/),
  payments('payments 06', { route: 'POST /payments', fault: reset }, /\b502\b/),
  payments('payments 07', { route: 'POST /payments', fault: tooMany }, /\b502\b/),
  environment('payments 11', 'POST /api/orders/:id/payments', tooMany, /\b429\b/),

  environment('accounts 01', 'POST /api/users', overloaded, /\b503\b/),
  environment('accounts 02', 'POST /api/sessions', tooMany, /\b429\b/),
  environment('accounts 03', 'POST /sign-in', { kind: 'latency', ms: 4000 }, /POST \/sign-in pending/),
  environment('accounts 11', 'POST /sign-up', overloaded, /POST \/sign-up 503/),

  environment('stock 05', 'PUT /api/stock/:sku', overloaded, /PUT \/api\/stock\/COFFEE-DECAF 503/),
  plain('stock 10', 'unknown-host', 'POST labels', { truth: 'environment', shows: /ENOTFOUND|EAI_AGAIN/ }),
];
