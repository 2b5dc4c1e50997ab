import {
  facts,
  notFound,
  ORIGIN,
  page,
  toBe,
  toBeOk,
  toEqual,
  traffic,
  wrongText,
} from '../../testing/sample-attempt.ts';
import { at } from '../../testing/sample-run.ts';
import { type Case, judgeCases } from '../../testing/verdict-cases.ts';

const testTimeout = 'Test timeout of 30000ms exceeded.';

const resource: Case[] = [
  [
    'the page crashes under an action',
    facts({ error: "Error: page.click: Target crashed \nCall log:\n  - waiting for locator('nope')\n" }),
    'resource',
    "The browser's page crashed",
  ],
  [
    'the recorder saw the crash',
    facts({
      error: notFound(),
      evidence: [
        page('/lookbook', 200),
        { kind: 'page.error', type: 'crash', message: 'Page crashed', url: `${ORIGIN}/lookbook` },
      ],
    }),
    'resource',
    'crashed at',
  ],
  [
    'the worker is killed',
    facts({ error: 'Error: worker process exited unexpectedly (code=null, signal=SIGKILL)' }),
    'resource',
    'killed by SIGKILL',
  ],
  [
    'the worker aborts',
    facts({
      error: 'Error: worker process exited unexpectedly (code=134, signal=null)',
      output: 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
    }),
    'resource',
  ],
  ['the disk is full', facts({ error: 'Error: ENOSPC: no space left on device, write' }), 'resource', 'disk is full'],
  ['there are too many open files', facts({ error: 'Error: EMFILE: too many open files, open' }), 'resource'],
  [
    'the browser is gone',
    facts({ error: 'Error: page.click: Target page, context or browser has been closed' }),
    'resource',
  ],
  ['the runner is gone', facts({ status: 'lost' }), 'resource'],
  [
    'the disk is nearly full',
    facts({ error: 'Error: no', evidence: [{ kind: 'resource', rssBytes: 1, freeDiskBytes: 1e6 }] }),
    'resource',
    'Only 1 MB of disk',
  ],
  [
    'memory is nearly full',
    facts({ error: 'Error: no', evidence: [{ kind: 'resource', rssBytes: 1, freeMemoryBytes: 1e6 }] }),
    'resource',
    'Only 1 MB of memory',
  ],
];
const inTest: Case[] = [
  [
    'it sends what cannot be read',
    facts({ error: toBe(200, 400), evidence: [traffic('PUT /cart/items/9', 400)] }),
    'test',
    'did not accept what the test sent',
  ],
  [
    'a locator is ambiguous',
    facts({
      error:
        "Error: locator.click: Error: strict mode violation: getByRole('button') resolved to 2 elements:\n    1) <button>a</button>\n",
      evidence: [page('/', 200)],
    }),
    'test',
    "getByRole('button') means 2 elements",
  ],
  [
    'an action finds nothing on a healthy page',
    facts({
      error:
        "TimeoutError: locator.click: Timeout 500ms exceeded.\nCall log:\n  - waiting for getByRole('button', { name: 'Pay' })\n",
      evidence: [page('/', 200)],
    }),
    'test',
    "Nothing on the page matched getByRole('button', { name: 'Pay' })",
  ],
  [
    'its own code throws',
    facts({
      error: {
        message: 'ReferenceError: totl is not defined',
        location: { file: 'orders.spec.ts', line: 9, column: 3 },
      },
    }),
    'test',
    'orders.spec.ts threw ReferenceError',
  ],
  ['it passes though it should not', facts({ status: 'passed', expectedStatus: 'failed' }), 'test', 'test.fail()'],
  [
    'a snapshot is missing',
    facts({ error: "Error: A snapshot doesn't exist at /x/home.png, writing actual." }),
    'test',
  ],
  [
    'the configuration is wrong',
    facts({
      error:
        'QualityHubError: /suite/quality-hub.config.ts has 2 problems:\n- clients.default has no option helth\n- state.kind is "x"',
    }),
    'test',
    'clients.default has no option helth',
  ],
  [
    'a pool that there is none of',
    facts({ error: 'PoolNameError: There is no pool "cashier"; did you mean cashiers?' }),
    'test',
    'There is no pool "cashier"; did you mean cashiers?',
  ],
  [
    'a factory is given a field it has not',
    facts({ error: 'OptionError: buyer: there is no nmae; did you mean name?' }),
    'test',
    'there is no nmae',
  ],
  [
    'the configuration cannot be loaded',
    facts({ error: "Error: /suite/quality-hub.config.ts:3:9 cannot be loaded: Cannot find module './shop'" }),
    'test',
    "Cannot find module './shop'",
  ],
  ['a file is missing', facts({ error: "Error: ENOENT: no such file or directory, open 'data.json'" }), 'test'],
  [
    'it ends the process',
    facts({ error: 'Error: worker process exited unexpectedly (code=3, signal=null)' }),
    'test',
    'code 3',
  ],
  [
    'it uses a page that it has closed',
    facts({
      error: 'Error: page.click: Target page, context or browser has been closed',
      steps: [{ id: 1, title: 'Close page', category: 'pw:api', startedAt: at(0), durationMs: 1 }],
    }),
    'test',
  ],
];
const product: Case[] = [
  [
    'a value is wrong and all answers were well',
    facts({ error: toEqual, evidence: [traffic('POST /orders', 201), traffic('GET /orders/17', 200)] }),
    'product',
    'toEqual failed (the values differ), and all 2 requests were answered as it should be',
  ],
  [
    'a text is wrong on a healthy page',
    facts({ error: wrongText('€25.00', '€12.50'), evidence: [page('/cart', 200)] }),
    'product',
    'received "€12.50"',
  ],
  [
    'a number is wrong',
    facts({
      error: toBe(1125, 1375),
      evidence: [traffic('PUT /api/cart/items/9', 200), traffic('GET /api/cart', 200)],
    }),
    'product',
  ],
  [
    'a good status comes where a refusal is expected',
    facts({ error: toBe(402, 200), evidence: [traffic('POST /payments', 200)] }),
    'product',
    'POST /payments answered 200 where 402 is expected',
  ],
  [
    'the page’s script throws',
    facts({
      error: notFound(),
      evidence: [page('/', 200), { kind: 'page.error', type: 'exception', message: 'TypeError: x is undefined' }],
    }),
    'product',
    'own script threw "TypeError: x is undefined"',
  ],
  [
    'a 500 names the exception in the back end',
    facts({ error: toBeOk('GET /orders', '500 Internal Server Error', 'TypeError: Cannot read properties of null') }),
    'product',
    'its body names an exception',
  ],
  [
    'a test of a refusal checks its words',
    facts({
      error: toBe('"used_up"', '"invalid"'),
      evidence: [traffic('POST /orders', 201), traffic('GET /orders', 200)],
    }),
    'product',
  ],
];
const unknown: Case[] = [
  ['a value is wrong and nobody watched', facts({ error: toBe(4, 3) }), 'unknown'],
  [
    'a value was wrong only once',
    facts({ error: toEqual, evidence: [traffic('GET /orders', 200)], otherAttempts: [{ retry: 1, status: 'passed' }] }),
    'unknown',
  ],
  ['the time runs out for no visible reason', facts({ status: 'timedOut', error: testTimeout }), 'unknown'],
  ['something is thrown that is no error', facts({ error: 'boom' }), 'unknown'],
];

judgeCases(resource);
judgeCases(inTest);
judgeCases(product);
judgeCases(unknown);

const call = (id: number, request: string, durationMs = 8) => {
  const [method = '', url = ''] = request.split(' ');
  return { id, title: method, category: 'pw:api', params: { method, url }, startedAt: at(id), durationMs };
};
const check = (id: number, error?: string) => ({
  id,
  title: 'Expect "toBeOK"',
  category: 'expect',
  startedAt: at(id),
  durationMs: 1,
  ...(error === undefined ? {} : { error }),
});

judgeCases([
  [
    'only steps show the calls, and a check has accepted the last answer',
    facts({
      error: toEqual,
      steps: [call(1, 'POST /api/orders?x=1'), check(2), check(3, 'Error'), call(4, 'DELETE /api/orders')],
    }),
    'product',
    'the steps show 1 answered call, 1 of them checked',
  ],
  [
    'only steps show the calls, and a number came',
    facts({ error: toBe(3332, 2999), steps: [call(1, 'GET /api/cart')] }),
    'product',
  ],
  [
    'a text came, and no check has accepted the answer',
    facts({ error: toBe('"paid"', '"oops"'), steps: [call(1, 'GET /api/cart')] }),
    'unknown',
  ],
  [
    'a status is compared after a call that nobody watched',
    facts({ error: toBe(402, 502), steps: [call(1, 'POST /api/orders/17/payments'), check(2, 'Error')] }),
    'environment',
    'POST /api/orders/:id/payments at the back end answered 502',
  ],
  [
    'the calls in the steps were slow',
    facts({
      status: 'timedOut',
      error: 'Test timeout of 30000ms exceeded.',
      steps: [call(1, 'GET /a', 16_000), call(2, 'GET /b', 9_000)],
    }),
    'environment',
    'GET /a took 16000 ms (2 requests took 25000 ms together)',
  ],
  [
    'the back end says that its own dependency refuses',
    facts({ error: toBeOk('POST /pay', '502 Bad Gateway', '{"message":"connect ECONNREFUSED 127.0.0.1:1"}') }),
    'environment',
    'POST /pay at 127.0.0.1:4000 answered 502',
  ],
]);
