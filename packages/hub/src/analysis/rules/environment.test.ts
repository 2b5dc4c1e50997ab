import { callLog, facts, notFound, ORIGIN, page, toBe, toBeOk, traffic } from '../../testing/sample-attempt.ts';
import { type Case, judgeCases } from '../../testing/verdict-cases.ts';

const testTimeout = 'Test timeout of 30000ms exceeded.';

const environment: Case[] = [
  [
    'an API call is refused',
    facts({ error: `Error: apiRequestContext.get: connect ECONNREFUSED 127.0.0.1:4000${callLog('GET /orders')}` }),
    'environment',
    'GET /orders: 127.0.0.1:4000 refused the connection (ECONNREFUSED)',
  ],
  [
    'a refused call is in the traffic',
    facts({
      error: 'Error: apiRequestContext.get: failed',
      evidence: [
        traffic('GET /orders', undefined, { failure: 'ECONNREFUSED' }),
        traffic('GET /orders', undefined, { failure: 'ECONNREFUSED' }),
      ],
    }),
    'environment',
    'refused the connection 2 times',
  ],
  [
    'a page is refused',
    facts({
      error: `Error: page.goto: net::ERR_CONNECTION_REFUSED at ${ORIGIN}/\nCall log:\n  - navigating to "${ORIGIN}/", waiting until "load"\n`,
    }),
    'environment',
    'GET /: 127.0.0.1:4000 refused the connection',
  ],
  [
    'fetch is refused',
    facts({
      error: { message: 'TypeError: fetch failed', cause: { message: 'Error: connect ECONNREFUSED 127.0.0.1:4000' } },
    }),
    'environment',
    'ECONNREFUSED',
  ],
  [
    'the connection is reset',
    facts({ error: `Error: apiRequestContext.post: read ECONNRESET${callLog('POST /orders')}` }),
    'environment',
    'POST /orders: 127.0.0.1:4000 cut the connection',
  ],
  [
    'the socket hangs up',
    facts({ error: `Error: apiRequestContext.post: socket hang up (ECONNRESET)${callLog('POST /orders')}` }),
    'environment',
  ],
  [
    'the page is reset',
    facts({ error: `Error: page.goto: net::ERR_CONNECTION_RESET at ${ORIGIN}/cart` }),
    'environment',
  ],
  [
    'the answer breaks off',
    facts({ error: notFound(), evidence: [page('/', 200, { failure: 'net::ERR_INCOMPLETE_CHUNKED_ENCODING' })] }),
    'environment',
    'ERR_INCOMPLETE_CHUNKED_ENCODING',
  ],
  [
    'a host is unknown',
    facts({ error: 'Error: apiRequestContext.get: getaddrinfo ENOTFOUND no.such.host' }),
    'environment',
    'could not be reached',
  ],
  ['a name is not resolved for now', facts({ error: 'Error: getaddrinfo EAI_AGAIN shop.example' }), 'environment'],
  [
    'a certificate is not valid',
    facts({ error: `Error: page.goto: net::ERR_CERT_DATE_INVALID at https://shop.example/` }),
    'environment',
  ],
  [
    'a call times out by itself',
    facts({ error: `TimeoutError: apiRequestContext.get: Timeout 300ms exceeded.${callLog('GET /hang')}` }),
    'environment',
    'GET /hang: 127.0.0.1:4000 did not answer in time',
  ],
  [
    'a navigation times out',
    facts({
      error: `TimeoutError: page.goto: Timeout 300ms exceeded.\nCall log:\n  - navigating to "${ORIGIN}/hang", waiting until "load"\n`,
    }),
    'environment',
  ],
  ['fetch times out', facts({ error: 'TimeoutError: The operation was aborted due to timeout' }), 'environment'],
  [
    'an API call hangs until the test times out',
    facts({
      status: 'timedOut',
      errors: [
        { message: testTimeout },
        { message: `Error: apiRequestContext.get: Request context disposed.${callLog('GET /hang')}` },
      ],
    }),
    'environment',
    'GET /hang had no answer from 127.0.0.1:4000 when the time of 30000 ms ran out',
  ],
  [
    'a page hangs until the test times out',
    facts({
      status: 'timedOut',
      errors: [
        { message: testTimeout },
        {
          message: `Error: page.goto: net::ERR_ABORTED; maybe frame was detached?\nCall log:\n  - navigating to "${ORIGIN}/hang", waiting until "load"\n`,
        },
      ],
    }),
    'environment',
  ],
  [
    'a request is pending when the heading never comes',
    facts({
      error: notFound(),
      evidence: [
        page('/', 200),
        traffic('GET /api/products', undefined, {
          source: 'page',
          resource: 'fetch',
          failure: 'pending',
          durationMs: 5100,
        }),
      ],
    }),
    'environment',
    'GET /api/products had no answer',
  ],
  [
    'the back end is slow',
    facts({ error: notFound(), evidence: [page('/', 200, { durationMs: 4800 })] }),
    'environment',
    'GET / took 4800 ms',
  ],
  [
    'many slow answers eat the time of the test',
    facts({
      status: 'timedOut',
      error: testTimeout,
      evidence: [1, 2, 3, 4].map(n => traffic(`GET /a/${n}`, 200, { durationMs: 5000 })),
    }),
    'environment',
    '4 requests took 20000 ms together',
  ],
  [
    'a status of 503 comes instead',
    facts({ error: toBe(201, 503), evidence: [traffic('GET /products', 200), traffic('POST /orders', 503)] }),
    'environment',
    'POST /orders at 127.0.0.1:4000 answered 503',
  ],
  ['nobody watched a 503', facts({ error: toBe(201, 503) }), 'environment', 'The back end answered 503'],
  [
    'toBeOK shows a locked database',
    facts({
      error: toBeOk(
        'POST /orders',
        '503 Service Unavailable',
        '{"error":{"code":"database_locked","message":"database is locked"}}',
      ),
    }),
    'environment',
    'POST /orders at 127.0.0.1:4000 answered 503',
  ],
  [
    'the heading never appears because the document is a 502',
    facts({ error: notFound(), evidence: [page('/', 502)] }),
    'environment',
    'GET / at 127.0.0.1:4000 answered 502',
  ],
  [
    'the page’s own call is answered 504',
    facts({
      error: notFound(),
      evidence: [page('/', 200), traffic('GET /api/products', 504, { source: 'page', resource: 'fetch' })],
    }),
    'environment',
  ],
  [
    'the test trips over the body of a 503',
    facts({
      error: "TypeError: Cannot read properties of undefined (reading 'id')",
      evidence: [traffic('POST /orders', 503)],
    }),
    'environment',
  ],
  [
    'a 500 says that there are too many connections',
    facts({ error: toBeOk('GET /orders', '500 Internal Server Error', '{"error":"too many connections"}') }),
    'environment',
  ],
  ['a 500 says nothing', facts({ error: toBe(200, 500), evidence: [traffic('GET /orders', 500)] }), 'environment'],
  [
    'only the console knows of the 503',
    facts({
      error: notFound(),
      evidence: [
        {
          kind: 'console.error',
          message: 'Failed to load resource: the server responded with a status of 503 (Service Unavailable)',
        },
      ],
    }),
    'environment',
  ],
  [
    'only the console knows of the refusal',
    facts({
      error: notFound(),
      evidence: [
        {
          kind: 'console.error',
          message: 'Failed to load resource: net::ERR_CONNECTION_REFUSED',
          url: `${ORIGIN}/api`,
        },
      ],
    }),
    'environment',
  ],
  [
    'the rate limit is reached',
    facts({ error: toBe(200, 429), evidence: [traffic('GET /products', 429, { retryAfterMs: 2000 })] }),
    'environment',
    'answered 429',
  ],
  [
    'what the test has just created is not there yet',
    facts({ error: toBe(200, 404), evidence: [traffic('POST /api/orders', 201), traffic('GET /api/orders/17', 404)] }),
    'environment',
    'GET /api/orders/:id at 127.0.0.1:4000 answered 404, though the attempt had written or used it just before',
  ],
  [
    'a list does not show what the test has just put in',
    facts({ error: toBe(1, 0), evidence: [traffic('PUT /api/cart/items/9', 200), traffic('GET /api/cart', 200)] }),
    'environment',
    'GET /api/cart',
  ],
  [
    'a client’s calls fail',
    facts({
      error: 'Error: no',
      evidence: [
        {
          kind: 'call',
          dependency: 'orders',
          operation: 'POST /orders',
          outcome: 'failed',
          attempts: 3,
          durationMs: 900,
          status: 503,
        },
      ],
    }),
    'environment',
    'POST /orders of orders failed after 3 tries (503)',
  ],
  [
    'a breaker opens',
    facts({
      error: 'Error: no',
      evidence: [{ kind: 'breaker', dependency: 'orders', from: 'closed', to: 'open', reason: '5 failures' }],
    }),
    'environment',
    'The breaker of orders opened: 5 failures',
  ],
  [
    'a health probe says down',
    facts({
      error: 'Error: no',
      evidence: [{ kind: 'health', dependency: 'orders', state: 'down', detail: 'no route' }],
    }),
    'environment',
    'orders was down (no route)',
  ],
  [
    'a feature worked less well',
    facts({
      error: 'Error: no',
      evidence: [
        { kind: 'health', dependency: 'stars', state: 'degraded', feature: 'recommendations', detail: 'no answer' },
      ],
    }),
    'environment',
    'recommendations worked less well without stars (no answer)',
  ],
  [
    'a database cannot be reached',
    facts({
      error: 'Error: no',
      evidence: [{ kind: 'database', database: 'shop', operation: 'select', durationMs: 1, errorCode: '08006' }],
    }),
    'environment',
  ],
  [
    'the store that tests share is broken',
    facts({ error: 'LedgerError: buyer is not created: /suite/.quality-hub/state.db is damaged' }),
    'environment',
    'state.db is damaged',
  ],
  [
    'the browser is not installed',
    facts({ error: "Error: browserType.launch: Executable doesn't exist at /x/chrome" }),
    'environment',
    'could not be started',
  ],
];

judgeCases(environment);
