/** What tests share by locks, pools and claims, what they leave behind, and failures that only look as if that were their cause. */
import { type Case, plain, switched } from './case.ts';

const taken = (title: string, kind: string, route: string, shows: RegExp): Case =>
  plain(title, kind, route, { truth: 'interference', shows });

const wrong = (title: string, kind: string, route: string, shows: RegExp): Case =>
  plain(title, kind, route, { truth: 'test', shows });

/** Each meets a test that runs beside it in the other worker, and passes. */
export const turnCases: readonly Case[] = [
  taken('turns 02', 'claimed', 'data.claim', /cannot be claimed by/),
  taken('turns 04', 'pool-used-up', 'pools.with', /had no member free/),
  taken('turns 06', 'lock-held', 'locks.acquire', /was not free within/),
  taken('turns 08', 'label-used-up', 'pools.lease', /member with the label refunds free/),
  taken('turns 10', 'lock-held-alone', 'locks.with', /was not free within/),
  taken('turns 12', 'deadlock', 'locks.acquire', /LockDeadlockError/),
  // Nobody takes the lock from it: the machine does not let it live.
  plain('turns 15', 'machine-pauses', 'lock', { truth: 'resource', shows: /LockLostError/, pauseMs: 5000 }),
];

/** What a test before it in the same worker has left, or what it leaves itself. */
export const leftCases: readonly Case[] = [
  taken('left 02', 'server-left-open', 'port', /EADDRINUSE/),
  plain('left 03', 'port-of-a-service', 'port', { truth: 'environment', shows: /EADDRINUSE/ }),
  wrong('left 04', 'port-twice', 'port', /EADDRINUSE/),
  wrong('left 06', 'page-of-another-test', 'GET /products/:sku', /has been closed|has ended without closing it/),
  wrong('left 07', 'context-left-open', 'GET /products/:sku', /left .* open/),
  plain('left 09', 'not-removed', 'data.create', { truth: 'data', shows: /\b409\b/ }),
  plain('left 10', 'not-removed', 'POST /api/coupons', { truth: 'data', shows: /\b409\b|taken|exists/ }),
  wrong('left 12', 'shared-record', 'PATCH /api/products/:sku', /has changed tray/),
];

/** They ask us for something there is none of, or in a way that cannot be. */
export const callCases: readonly Case[] = [
  wrong('calls 01', 'no-such-pool', 'pools.lease', /There is no pool/),
  wrong('calls 02', 'empty-name', 'locks.acquire', /expected 1 to 200 characters/),
  wrong('calls 03', 'no-such-field', 'data.build', /there is no emial/),
  wrong('calls 04', 'no-such-snapshot', 'snapshots.restore', /There is no snapshot/),
  wrong('calls 05', 'no-such-environment', 'environment', /There is no environment/),
  wrong('calls 06', 'no-such-test', 'needs', /there is no such test/),
  wrong('calls 07', 'no-such-format', 'datasets.open', /is no format/),
  wrong('calls 08', 'no-such-label', 'pools.lease', /nothing is a member with the label boss/),
  wrong('calls 09', 'no-such-way', 'data.create', /db/),
  wrong('calls 10', 'no-such-file', 'datasets.open', /There is no file/),
  plain('calls 11', 'wrong-row', 'datasets.open', { truth: 'data', shows: /prices\.csv/ }),
];

/** A script that sends the form twice. */
const sendsTwice = `
const form = document.querySelector('form[action="/sign-up"]');
form?.addEventListener('submit', async event => {
  event.preventDefault();
  await fetch('/sign-up', { method: 'POST', body: new URLSearchParams(new FormData(form)), redirect: 'manual' });
  form.submit();
});
document.documentElement.dataset.ready = 'true';
`;

/** A lock, a member, a claim or a leak is there, and has nothing to do with it. */
export const sharingCases: readonly Case[] = [
  switched(
    'sharing 01',
    { route: 'GET /api/products/:sku', fault: { kind: 'wrong-data', bug: 'price-without-cents' } },
    { truth: 'product', kind: 'wrong-under-a-lock', shows: /Received: +600/ },
  ),
  switched(
    'sharing 02',
    { route: 'GET /api/orders', fault: { kind: 'latency', ms: 3000 } },
    { truth: 'environment', kind: 'slow-with-a-member', shows: /1500ms exceeded/ },
  ),
  switched(
    'sharing 03',
    { route: 'GET /products/:sku', fault: { kind: 'wrong-data', bug: 'price-without-cents' } },
    { truth: 'product', kind: 'wrong-with-a-leak', shows: /€14\.00/ },
  ),
  switched(
    'sharing 04',
    { route: 'POST /api/users', fault: { kind: 'error', status: 503 } },
    { truth: 'environment', kind: 'down-while-creating', shows: /\b503\b/ },
  ),
  plain('sharing 05', 'refused-while-creating', 'POST /api/sessions', { truth: 'credential', shows: /\b401\b/ }),
  plain('sharing 06', 'sent-twice', 'POST /sign-up', {
    truth: 'product',
    shows: /POST \/sign-up 409/,
    script: sendsTwice,
  }),
  switched(
    'sharing 07',
    { route: 'GET /api/categories', fault: { kind: 'error', status: 503 } },
    { truth: 'environment', kind: 'down-once', shows: /\b503\b/ },
  ),
  switched(
    'sharing 08',
    { route: 'GET /api/categories', fault: { kind: 'error', status: 503 } },
    { truth: 'environment', kind: 'down-once-for-all', shows: /\b503\b/ },
  ),
  switched(
    'sharing 09',
    { route: 'GET /api/stock/:sku', fault: { kind: 'error', status: 503 } },
    { truth: 'environment', kind: 'members-unwell', shows: /no member to lend/ },
  ),
  switched(
    'sharing 10',
    { route: 'PUT /api/cart/items/:sku', fault: { kind: 'wrong-data', bug: 'third-one-free' } },
    { truth: 'product', kind: 'wrong-with-a-claim', shows: /Received: +2998/ },
  ),
];

/** The store that tests share cannot be reached, or cannot be read. */
export const storeCases: readonly Case[] = ['redis', 'file'].flatMap(store =>
  ['locks', 'ledger', 'pools'].map((what, index) =>
    plain(`${store} 0${index + 1}`, `${store}-down`, what, {
      truth: 'environment',
      shows: /Cannot connect to Redis|is damaged/,
    }),
  ),
);
