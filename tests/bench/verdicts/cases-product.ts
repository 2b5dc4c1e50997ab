/** Everything around it was well and the shop was wrong: the product's team has to act. */
import type { BugName } from '../../shop/src/index.ts';
import { type Case, plain, switched } from './case.ts';

function bug(title: string, route: string, name: BugName, shows: RegExp): Case {
  return switched(title, { route, fault: { kind: 'wrong-data', bug: name } }, { truth: 'product', shows });
}

/** A script that was changed carelessly: it asks for a form that only some pages have. */
const brokenScript = `
const form = document.querySelector('form[data-action="applyCoupon"]');
form.elements.code.value = '';
document.documentElement.dataset.ready = 'true';
`;

export const productCases: readonly Case[] = [
  bug('catalogue 08', 'GET /api/products/:sku', 'price-without-cents', /Received: +600/),
  bug('catalogue 09', 'GET /products/:sku', 'price-without-cents', /€14\.00/),
  bug('catalogue 10', 'GET /api/products', 'search-is-case-sensitive', /"Mint tea"/),
  bug('catalogue 11', 'GET /', 'search-is-case-sensitive', /"House coffee"/),
  bug('catalogue 12', 'GET /api/products', 'sorted-by-name-only', /toEqual/),
  bug('catalogue 13', 'GET /', 'sorted-by-name-only', /Blue mug/),

  bug('cart 07', 'PUT /api/cart/items/:sku', 'third-one-free', /Received: +2998/),
  bug('cart 08', 'GET /cart', 'third-one-free', /€19\.50/),
  bug('cart 09', 'PUT /api/cart/coupon', 'coupon-adds', /5495/),
  bug('cart 10', 'GET /cart', 'coupon-adds', /€37\.95/),
  plain('cart 21', 'script-error', 'GET /shop.js', {
    truth: 'product',
    shows: /Cannot read properties of null/,
    script: brokenScript,
  }),

  bug('checkout 13', 'POST /api/orders', 'stock-not-taken', /Received: +"\d+ in stock"/),
  bug('checkout 14', 'POST /api/orders', 'stock-not-taken', /toBe\(expected\)/),

  bug('payments 08', 'POST /api/orders/:id/payments', 'paid-stays-open', /Received: +"open"/),
  bug('payments 09', 'POST /api/orders/:id/payments', 'paid-stays-open', /Received: +"open"/),
  // Nothing is taken off a kettle without a coupon, so the subtotal is what the whole order cost.
  bug('payments 10', 'POST /api/orders/:id/refunds', 'refund-of-subtotal', /Received: +4995/),
];
