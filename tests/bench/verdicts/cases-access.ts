/** Somebody was not let in: whoever keeps the accounts, roles and tokens has to act. */
import { type Case, plain, switched } from './case.ts';

const refused = (title: string, kind: string, route: string, shows: RegExp): Case =>
  plain(title, kind, route, { truth: 'credential', shows });

const expired = (title: string, route: string, shows: RegExp): Case =>
  switched(title, { route, fault: { kind: 'expired-token' } }, { truth: 'credential', shows });

export const accessCases: readonly Case[] = [
  expired('cart 14', 'PUT /api/cart/items/:sku', /PUT \/api\/cart\/items\/COFFEE-HOUSE 401/),
  refused('checkout 20', 'short-lived-token', 'POST /api/orders', /\b401\b/),
  expired('checkout 21', 'GET /orders', /"Sign in"/),
  refused('accounts 04', 'wrong-password', 'POST /api/sessions', /\b401\b/),
  refused('accounts 05', 'wrong-password', 'POST /sign-in', /POST \/sign-in 401/),
  expired('accounts 06', 'GET /api/users/me', /\b401\b/),
  refused('stock 01', 'wrong-role', 'PUT /api/stock/:sku', /\b403\b/),
  refused('stock 02', 'wrong-role', 'GET /staff/stock', /GET \/staff\/stock 403/),
  refused('stock 03', 'unknown-token', 'PUT /api/stock/:sku', /\b401\b/),
];
