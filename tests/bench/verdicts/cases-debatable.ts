/** The cases with two right answers: experts would not agree who has to act. There are at most six. */
import { type Case, plain, switched } from './case.ts';

export const debatableCases: readonly Case[] = [
  // A copy that lags behind: operations may call it slow replication, but a buyer's own cart must not be read from it.
  switched(
    'cart 22',
    { route: 'GET /api/cart', fault: { kind: 'stale-read' } },
    { truth: 'product', also: 'environment', shows: /Received length: +0/ },
  ),
  // A handler fails on a missing value. From outside a 500 may as well be a broken deployment.
  switched(
    'checkout 07',
    { route: 'POST /api/orders/:id/cancel', fault: { kind: 'error', status: 500 } },
    { truth: 'product', also: 'environment', shows: /\b500\b/ },
  ),
  switched(
    'checkout 08',
    { route: 'GET /orders', fault: { kind: 'error', status: 500 } },
    { truth: 'product', also: 'environment', shows: /GET \/orders 500/ },
  ),
  // An exception of its own ends the shop's process; from outside it is a service that went away.
  switched(
    'checkout 09',
    { route: 'POST /api/orders', fault: { kind: 'crash', downMs: 500 }, when: { count: 1 } },
    { truth: 'environment', also: 'product', shows: /ECONNRESET|ECONNREFUSED|socket hang up/ },
  ),
  // The test ends its own worker because a variable is missing; seen from outside a worker has died.
  // It makes its own process stand still, and loses its lock; from outside a machine has done so.
  plain('turns 13', 'lease-lost-by-itself', 'lock', { truth: 'test', also: 'resource', shows: /LockLostError/ }),
  plain('payments 14', 'process-exit', 'none', { truth: 'test', also: 'resource', shows: /worker process exited/ }),
];
