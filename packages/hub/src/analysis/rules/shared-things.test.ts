import type { NeighbourWrite } from '@quality-hub/protocol';
import { facts, notFound, page, toBe, toBeOk, traffic, wrongText } from '../../testing/sample-attempt.ts';
import { at } from '../../testing/sample-run.ts';
import { type Case, judgeCases } from '../../testing/verdict-cases.ts';

function neighbour(request: string, status: number): NeighbourWrite {
  return { test: 'other', title: 'the other test', at: at(1), traffic: traffic(request, status) };
}

const credential: Case[] = [
  [
    'a token has expired in the middle',
    facts({ error: toBe(200, 401), evidence: [traffic('GET /products', 200), traffic('POST /orders', 401)] }),
    'credential',
    'POST /orders at 127.0.0.1:4000 answered 401: other requests before it were let in',
  ],
  [
    'the answer says that the token has expired',
    facts({
      error: toBeOk(
        'GET /stock',
        '401 Unauthorized',
        '{"error":{"code":"token_expired","message":"the token has expired"}}',
      ),
    }),
    'credential',
    'token',
  ],
  [
    'the sign-in is refused',
    facts({ error: toBe(200, 401), evidence: [traffic('POST /api/sessions', 401)] }),
    'credential',
    'the sign-in was refused',
  ],
  ['access is denied', facts({ error: toBe(200, 403), evidence: [traffic('DELETE /users/1', 403)] }), 'credential'],
  ['nobody watched a 401', facts({ error: toBe(200, 401) }), 'credential', 'answered 401'],
  [
    'the browser lands on the sign-in page',
    facts({
      error: notFound("getByRole('heading', { name: 'Orders' })"),
      evidence: [page('/orders', 302), page('/login', 200)],
    }),
    'credential',
    'sent to /login',
  ],
  [
    'a client is not let in',
    facts({
      error: 'Error: no',
      evidence: [
        {
          kind: 'call',
          dependency: 'vault',
          operation: 'read',
          outcome: 'failed',
          attempts: 1,
          durationMs: 9,
          status: 403,
        },
      ],
    }),
    'credential',
  ],
  [
    'a secret is missing',
    facts({
      error: 'Error: no',
      evidence: [{ kind: 'secret', name: 'paymentKey', outcome: 'missing', store: 'vault' }],
    }),
    'credential',
    'paymentKey',
  ],
  ...(
    [
      [
        'expired',
        'PUT /stock/7',
        401,
        'the secret stockKey had expired (HTTP 401 from stock: it was valid until noon)',
      ],
      ['revoked', 'PUT /stock/7', 403, 'the secret stockKey was revoked'],
      ['rejected', 'PUT /stock/7', 401, 'is not taken any more, in any of its versions'],
      ['denied', 'GET /stock', 401, 'the secret stockKey may not be read'],
    ] as const
  ).map(
    ([outcome, request, status, reason]): Case => [
      `a secret was ${outcome} and ${request} answered ${status}`,
      facts({
        error: toBe(200, status),
        evidence: [
          {
            kind: 'secret',
            name: 'stockKey',
            outcome,
            store: 'vault',
            dependency: 'stock',
            ...(outcome === 'expired' ? { detail: 'HTTP 401 from stock: it was valid until noon' } : {}),
          },
          traffic(request, status),
        ],
      }),
      'credential',
      reason,
    ],
  ),
  [
    'a database refuses a password that was rotated',
    facts({
      error: 'Error: no',
      evidence: [
        { kind: 'secret', name: 'shopDb', outcome: 'rejected', store: 'kv', dependency: 'shop' },
        { kind: 'database', database: 'shop', operation: 'connect', durationMs: 1, errorCode: '28P01' },
      ],
    }),
    'credential',
    'shop said 28P01: the secret shopDb is not taken any more, in any of its versions',
  ],
  ...(['sealed', 'skew', 'invalid'] as const).map(
    (outcome): Case => [
      `a secret is ${outcome}`,
      facts({ error: 'Error: no', evidence: [{ kind: 'secret', name: 'paymentKey', outcome, store: 'vault' }] }),
      'credential',
      'paymentKey',
    ],
  ),
  [
    'a database refuses the user',
    facts({
      error: 'Error: no',
      evidence: [{ kind: 'database', database: 'shop', operation: 'connect', durationMs: 1, errorCode: '28P01' }],
    }),
    'credential',
  ],
];
const data: Case[] = [
  [
    'a record is there already',
    facts({ error: toBe(201, 409), evidence: [traffic('POST /users', 409)] }),
    'data',
    'POST /users at 127.0.0.1:4000 answered 409',
  ],
  [
    'the database names the constraint',
    facts({
      error: toBeOk('POST /users', '500 Internal Server Error', '{"message":"UNIQUE constraint failed: users.email"}'),
    }),
    'data',
    'UNIQUE constraint failed',
  ],
  [
    'others create beside it, and the words say duplicate',
    facts({
      error: toBeOk('POST /users', '409 Conflict', '{"message":"duplicate key value"}'),
      neighbourWrites: [neighbour('POST /users', 201)],
    }),
    'data',
  ],
  [
    'what the test takes for granted is missing',
    facts({ error: toBe(200, 404), evidence: [traffic('GET /products/seeded', 404)] }),
    'data',
    'GET /products/seeded at 127.0.0.1:4000 answered 404',
  ],
  ['the error says that there are no rows', facts({ error: 'Error: relation "orders" does not exist' }), 'data'],
  [
    'the back end does not accept what is sent',
    facts({ error: 'Error: cannot go on', evidence: [traffic('POST /orders', 422)] }),
    'data',
    'answered 422',
  ],
  [
    'a database names the constraint',
    facts({
      error: 'Error: no',
      evidence: [
        {
          kind: 'database',
          database: 'shop',
          operation: 'insert',
          durationMs: 1,
          errorCode: '23505',
          message: 'users_email',
        },
      ],
    }),
    'data',
    'insert on shop failed with 23505 (users_email)',
  ],
  ...(['SQLITE_2067', 'ER_DUP_ENTRY', 'SQLITE_CONSTRAINT_UNIQUE', 'ER_NO_REFERENCED_ROW_2'] as const).map(
    (errorCode): Case => [
      `a database says ${errorCode}`,
      facts({
        error: 'Error: no',
        evidence: [{ kind: 'database', database: 'shop', operation: 'insert', durationMs: 1, errorCode }],
      }),
      'data',
    ],
  ),
  [
    'a database lacks a table',
    facts({
      error: 'Error: no',
      evidence: [{ kind: 'database', database: 'shop', operation: 'select', durationMs: 1, errorCode: '42P01' }],
    }),
    'data',
  ],
];
const interference: Case[] = [
  [
    'another test has changed what it reads',
    facts({
      error: toBe(300, 350),
      evidence: [traffic('GET /api/products/CARD', 200)],
      neighbourWrites: [neighbour('PATCH /products/CARD', 200)],
    }),
    'interference',
    'The attempt read GET /api/products/CARD, and "the other test" had changed it before (PATCH at',
  ],
  [
    'another test has used the coupon up',
    facts({
      error: toBeOk('PUT /api/cart/coupon', '409 Conflict', '{"error":{"code":"coupon_used_up"}}'),
      neighbourWrites: [neighbour('PUT /api/cart/coupon', 200)],
    }),
    'interference',
    '"the other test" had written there before (PUT at',
  ],
  [
    'what cleans up afterwards does not make the refusal good',
    facts({
      error: wrongText('€2.50', '€0.00'),
      evidence: [traffic('PUT /api/cart/coupon', 409), traffic('POST /api/sessions', 201), traffic('DELETE /me', 204)],
      steps: [{ id: 1, title: 'After Hooks', category: 'hook', startedAt: at(5), durationMs: 30 }],
      neighbourWrites: [neighbour('PUT /api/cart/coupon', 200)],
    }),
    'interference',
    'PUT /api/cart/coupon answered 409',
  ],
  [
    'another test has changed the same thing',
    facts({
      error: toBe(200, 409),
      evidence: [traffic('PUT /settings/shop', 409)],
      neighbourWrites: [
        neighbour('PUT /settings/shop', 200),
        { ...neighbour('PUT /settings/shop', 200), test: 'third' },
      ],
    }),
    'interference',
    '2 other tests',
  ],
  [
    'another test has deleted it',
    facts({
      error: toBe(200, 404),
      evidence: [traffic('GET /products/7', 404)],
      neighbourWrites: [neighbour('DELETE /products/7', 204)],
    }),
    'interference',
  ],
  [
    'it is sold out',
    facts({ error: toBeOk('POST /orders', '409 Conflict', '{"message":"Out of stock"}') }),
    'interference',
    'Out of stock',
  ],
  ['two transactions clash', facts({ error: 'Error: deadlock detected' }), 'interference'],
  [
    'a lease is not given',
    facts({
      error: 'Error: no',
      evidence: [{ kind: 'lease', resource: 'cashiers', outcome: 'timeout', waitedMs: 900, holder: 'w-2' }],
    }),
    'interference',
    'not given within 900 ms; w-2 had it',
  ],
  [
    'a lease is not given because the test has it itself',
    facts({
      error: 'Error: no',
      evidence: [{ kind: 'lease', resource: 'cashiers', outcome: 'timeout', waitedMs: 900, hadItself: true }],
    }),
    'test',
    'waited for cashiers, and had all of it itself',
  ],
  [
    'a lease is lost',
    facts({ error: 'Error: no', evidence: [{ kind: 'lease', resource: 'cashiers', outcome: 'lost', waitedMs: 0 }] }),
    'interference',
    'was lost',
  ],
  [
    'a database finds a clash',
    facts({
      error: 'Error: no',
      evidence: [{ kind: 'database', database: 'shop', operation: 'update', durationMs: 1, errorCode: '40001' }],
    }),
    'interference',
  ],
];

const secrets: Case[] = [
  [
    'a rule keeps a secret from a test',
    facts({ error: 'Error: no', evidence: [{ kind: 'secret', name: 'prodKey', outcome: 'refused' }] }),
    'test',
    'keeps the secret prodKey from this test',
  ],
  [
    'a test asks for a secret that the configuration does not have',
    facts({ error: 'Error: no', evidence: [{ kind: 'secret', name: 'odersKey', outcome: 'missing' }] }),
    'test',
    'does not name: odersKey',
  ],
  ...(['unreachable', 'throttled'] as const).map(
    (outcome): Case => [
      `a store is ${outcome}`,
      facts({ error: 'Error: no', evidence: [{ kind: 'secret', name: 'key', outcome, store: 'vault' }] }),
      'environment',
      'the store vault',
    ],
  ),
  [
    'a secret that was refused was had in the end',
    facts({
      error: toBe('Paid', 'Open'),
      evidence: [
        { kind: 'secret', name: 'key', outcome: 'unreachable', store: 'vault' },
        { kind: 'secret', name: 'key', outcome: 'ok', store: 'vault' },
        { kind: 'secret', name: 'key', outcome: 'rotated', store: 'vault' },
        traffic('GET /orders', 200),
      ],
    }),
    'product',
  ],
];
judgeCases(credential);
judgeCases(secrets);
judgeCases(data);
judgeCases(interference);
