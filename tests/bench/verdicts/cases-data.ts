/** The data were not as the test needs them: missing or left behind (data), or taken by a test of the same run. */
import { type Case, plain, switched } from './case.ts';

const data = (title: string, kind: string, route: string, shows: RegExp): Case =>
  plain(title, kind, route, { truth: 'data', shows });

/** The database refuses a row that it says is there already. */
const twice = (title: string, route: string, shows: RegExp): Case =>
  switched(title, { route, fault: { kind: 'unique-violation' } }, { truth: 'data', shows });

const taken = (title: string, kind: string, route: string, shows: RegExp): Case =>
  plain(title, kind, route, { truth: 'interference', shows });

export const dataCases: readonly Case[] = [
  data('catalogue 14', 'missing', 'GET /api/products/:sku', /\b404\b/),
  data('catalogue 15', 'missing', 'GET /products/:sku', /GET \/products\/POT-IRON 404/),
  data('cart 11', 'missing', 'PUT /api/cart/coupon', /\b404\b/),
  data('cart 12', 'coupon-expired', 'PUT /api/cart/coupon', /PUT \/api\/cart\/coupon 409/),
  twice('cart 13', 'PUT /api/cart/items/:sku', /PUT \/api\/cart\/items\/GIFT-BOX 409/),
  twice('checkout 15', 'POST /api/orders', /UNIQUE|unique/),
  data('checkout 16', 'out-of-stock', 'POST /api/orders', /POST \/api\/orders 409/),
  data('checkout 17', 'missing', 'GET /api/orders/:id', /\b404\b/),
  data('accounts 07', 'left-behind', 'POST /api/users', /email_taken/),
  twice('accounts 08', 'POST /api/users', /UNIQUE|unique/),
  data('stock 04', 'left-behind', 'POST /api/products', /sku_taken/),
];

/** Each has a test before it in the same file that took what this one needs, and passed. */
export const interferenceCases: readonly Case[] = [
  taken('cart 16', 'coupon-used-up', 'PUT /api/cart/coupon', /coupon_used_up/),
  taken('cart 18', 'coupon-used-up', 'PUT /api/cart/coupon of a page', /PUT \/api\/cart\/coupon 409/),
  taken('checkout 19', 'last-piece-sold', 'POST /api/orders', /out_of_stock/),
  taken('accounts 10', 'same-email', 'POST /api/users', /email_taken/),
  taken('stock 07', 'removed', 'GET /api/products/:sku', /\b404\b/),
  // Every call is answered with 200: only the other test's change of the price explains it.
  taken('stock 09', 'changed', 'GET /api/products/:sku', /Received: +350/),
];
