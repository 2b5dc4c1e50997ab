import { execFileSync } from 'node:child_process';
import { inspect } from 'node:util';
import { evidenceSchema } from '@quality-hub/protocol/schema';
import type { CallOptions, Policy, PolicyEvent } from '@quality-hub/resilience';
import { createMask } from '@quality-hub/telemetry';
import { expect, test } from 'vitest';
import { apiKeyAuth, bearerAuth, type CallRecord, createHttpClient, harOf } from '../index.ts';
import { cut, hang, json, startFaulty } from '../testing/faulty-server.ts';

function recorded(): { calls: CallRecord[]; observe: (call: CallRecord) => void } {
  const calls: CallRecord[] = [];
  return { calls, observe: call => void calls.push(call) };
}

test('every call ends as one record, whose evidence the protocol knows', async () => {
  await using server = await startFaulty(json({ id: 1 }, 201));
  const { calls, observe } = recorded();
  await using api = createHttpClient({
    name: 'shop',
    baseURL: server.url,
    observe,
    headersFor: () => ({ traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` }),
  });
  await api.post('/orders/{id}', { params: { id: 42 }, json: { a: 1 }, query: { secret: 'x' } });
  await api.get('/orders/12345/lines/0b8d1b2e-2f4c-4f0e-9f0a-3a2b1c4d5e6f', { throws: false });
  await api.get('/orders', { expectStatus: 200 }).catch(() => undefined);
  const evidence = calls.map(call => call.evidence());
  for (const each of evidence) expect(evidenceSchema.parse(each)).toEqual(each);
  expect(evidence[0]).toMatchObject({
    kind: 'call',
    dependency: 'shop',
    operation: 'POST /orders/{id}',
    outcome: 'ok',
    status: 201,
    attempts: 1,
    origin: server.url,
    sentBytes: 7,
    receivedBytes: 8,
    reusedConnection: false,
    traceId: 'a'.repeat(32),
  });
  expect(evidence[1]).toMatchObject({ operation: 'GET /orders/{id}/lines/{id}', outcome: 'ok' });
  expect(evidence[2]).toMatchObject({ outcome: 'failed', errorCode: 'QH_HTTP_STATUS', status: 201 });
  expect(JSON.stringify(evidence)).not.toContain('secret');
});

test('how a call ended is told apart: failed, timeout, aborted', async () => {
  await using server = await startFaulty();
  const { calls, observe } = recorded();
  await using api = createHttpClient({ baseURL: server.url, observe });
  server.next(cut, hang, hang, json({}, 503, { 'retry-after': '7' }));
  await api.post('/').catch(() => undefined);
  await api.get('/', { timeoutMs: 100 }).catch(() => undefined);
  const stop = new AbortController();
  const aborted = api.get('/', { signal: stop.signal, timeoutMs: 5_000 }).catch(() => undefined);
  await expect.poll(() => server.asked.length).toBe(3);
  stop.abort();
  await aborted;
  await api.get('/').catch(() => undefined);
  await api.get('/', { timeoutMs: 2, nonsense: 1 } as object).catch(() => undefined);
  expect(
    calls
      .map(call => call.evidence())
      .map(({ outcome, errorCode, status, retryAfterMs }) => [outcome, errorCode, status, retryAfterMs]),
  ).toEqual([
    ['failed', 'UND_ERR_SOCKET', undefined, undefined],
    ['timeout', 'QH_HTTP_TIMEOUT', undefined, undefined],
    ['aborted', 'AbortError', undefined, undefined],
    ['failed', 'QH_HTTP_STATUS', 503, 7_000],
  ]);
});

/** A policy that tells what a test wants it to tell, and tries as often as it is told. */
function scripted(
  events: readonly PolicyEvent[],
  { tries = 1, refuse = false } = {},
): Policy & { asked: CallOptions[] } {
  const asked: CallOptions[] = [];
  const execute: Policy['execute'] = async (work, options = {}) => {
    asked.push(options);
    for (const event of events) options.onEvent?.(event);
    if (refuse) throw Object.assign(new Error('the breaker is open'), { code: 'QH_BREAKER_OPEN' });
    const { signal } = new AbortController();
    for (let attempt = 1; attempt < tries; attempt++) await work({ signal, attempt }).catch(() => undefined);
    return work({ signal, attempt: tries });
  };
  return { name: 'scripted', execute, asked };
}

test('attempts, waits and refusals of the policy stand in the record', async () => {
  await using server = await startFaulty();
  server.next(json({}, 503));
  const { calls, observe } = recorded();
  const policy = scripted(
    [
      { type: 'wait', for: 'retry', waitMs: 100 },
      { type: 'wait', for: 'rate-limit', waitMs: 20 },
      { type: 'wait', for: 'bulkhead', waitMs: 3 },
    ],
    { tries: 2 },
  );
  await using api = createHttpClient({ baseURL: server.url, observe, policy });
  await api.get('/a');
  expect(calls[0]?.evidence()).toMatchObject({ outcome: 'ok', attempts: 2, waitedMs: 123, status: 200 });
  const open = scripted([{ type: 'refused', by: 'breaker' }], { refuse: true });
  await expect(api.extend({ policy: open }).get('/b')).rejects.toThrow('the breaker is open');
  expect(calls[1]?.evidence()).toMatchObject({
    outcome: 'refused',
    refusedBy: 'breaker',
    attempts: 0,
    errorCode: 'QH_BREAKER_OPEN',
  });
  const late = scripted([{ type: 'refused', by: 'deadline' }], { refuse: true });
  await api
    .extend({ policy: late })
    .get('/c')
    .catch(() => undefined);
  expect(calls[2]?.evidence()).toMatchObject({ outcome: 'timeout', refusedBy: 'deadline' });
});

test('a policy hears what the call is: what may be repeated, for which server, how long, how urgent', async () => {
  await using server = await startFaulty();
  const policy = scripted([]);
  await using api = createHttpClient({ baseURL: server.url, policy, timeoutMs: 900, remainingMs: () => 500 });
  await api.get('/a', { priority: 2 });
  await api.post('/b', { timeoutMs: 300 });
  await api.post('/b', { idempotencyKey: 'k' });
  await api.post('/b', { idempotent: true });
  await api.put('/c/{id}', { params: { id: 1 } });
  await api.get('/d', { idempotent: false });
  expect(
    policy.asked.map(({ idempotent, target, deadlineMs, doing }) => [idempotent, target, deadlineMs, doing]),
  ).toEqual([
    [true, `${server.url} read`, 500, `GET ${server.url}/a`],
    [false, `${server.url} write`, 300, `POST ${server.url}/b`],
    [true, `${server.url} write`, 500, `POST ${server.url}/b`],
    [true, `${server.url} write`, 500, `POST ${server.url}/b`],
    [true, `${server.url} write`, 500, `PUT ${server.url}/c/{id}`],
    [false, `${server.url} read`, 500, `GET ${server.url}/d`],
  ]);
  expect(policy.asked[0]).toMatchObject({ priority: 2 });
});

test('an observer that throws breaks no call', async () => {
  await using server = await startFaulty();
  const observe = () => {
    throw new Error('observer');
  };
  await using api = createHttpClient({ baseURL: server.url, observe });
  expect(await api.get('/').json()).toEqual({ ok: true });
});

const SECRETS = [
  'token-of-the-caller',
  'hunter2hunter2',
  'key-in-a-header',
  'cookie-value-1',
  'query-token-1',
  'answer-token-1',
];

test('no secret leaves by evidence, curl, HAR, errors or printing, and all of them on demand', async () => {
  await using server = await startFaulty(
    json({ accessToken: 'answer-token-1', name: 'Ada' }, 400, { 'set-cookie': 'sid=cookie-value-1; Path=/' }),
  );
  const { calls, observe } = recorded();
  await using api = createHttpClient({ baseURL: server.url, observe, auth: bearerAuth(() => 'token-of-the-caller') });
  const error = await api
    .post('/login', {
      query: { access_token: 'query-token-1', page: 1 },
      headers: { 'x-shop-api-key': 'key-in-a-header', cookie: 'sid=cookie-value-1; theme=cookie-value-1' },
      json: { user: 'ada', password: 'hunter2hunter2', echo: 'token-of-the-caller' },
    })
    .catch((thrown: unknown) => thrown);
  const [call] = calls;
  const shown = [
    JSON.stringify([call!.evidence(), call!.toHar(), call!.exchange(), call]),
    call!.toCurl(),
    inspect(call, { depth: 9, showHidden: true }),
    (error as Error).message,
    inspect(error, { depth: 9 }),
  ].join('\n');
  for (const secret of SECRETS) expect(shown).not.toContain(secret);
  expect(call!.toCurl()).toContain(`--header 'authorization: Bearer [masked]'`);
  expect(call!.toCurl()).toContain(`--header 'cookie: sid=[masked]; theme=[masked]'`);
  expect(call!.toCurl()).toContain('"user":"ada","password":"[masked]","echo":"[masked]"');
  const revealed = [call!.toCurl({ reveal: true }), JSON.stringify(call!.toHar({ reveal: true }))].join('\n');
  for (const secret of SECRETS) expect(revealed).toContain(secret);
});

test('the curl of a call makes the same request', async () => {
  await using server = await startFaulty();
  const { calls, observe } = recorded();
  await using api = createHttpClient({ baseURL: server.url, observe });
  await api.put('/a%20b', { query: { q: "it's" }, headers: { 'x-a': '$HOME `id` "q"' }, json: { text: "it's\n" } });
  await api.post('/form', { form: { a: '1' } });
  await api.head('/head');
  const { execFile } = await import('node:child_process');
  for (const call of calls) {
    await new Promise<void>((resolve, reject) => {
      execFile('sh', ['-c', `${call.toCurl()} --silent --output /dev/null`], failure =>
        failure ? reject(failure) : resolve(),
      );
    });
  }
  const of = (index: number) => {
    const { method, url, body, headers } = server.asked[index]!;
    return [method, url, body.toString(), headers['x-a'], headers['content-type']];
  };
  for (const index of [0, 1, 2]) expect(of(index + 3)).toEqual(of(index));
  expect(execFileSync('sh', ['-c', 'command -v curl'], { encoding: 'utf8' })).not.toBe('');
});

test('a HAR holds the calls in their order, those without an answer too', async () => {
  await using server = await startFaulty();
  const { calls, observe } = recorded();
  await using api = createHttpClient({ baseURL: server.url, observe });
  await api.get('/a', { query: { q: 1 } });
  server.next(cut);
  await api.post('/b', { json: [1] }).catch(() => undefined);
  const har = harOf(calls);
  expect(har.log).toMatchObject({ version: '1.2', creator: { name: 'quality-hub' } });
  expect(har.log.entries).toMatchObject([
    {
      request: { method: 'GET', queryString: [{ name: 'q', value: '1' }] },
      response: { status: 200, content: { text: '{"ok":true}' } },
    },
    {
      request: { method: 'POST', postData: { mimeType: 'application/json', text: '[1]' } },
      response: { status: 0 },
      comment: 'UND_ERR_SOCKET',
    },
  ]);
  const { timings, time } = har.log.entries[0]!;
  const { blocked, connect, send, wait, receive } = timings;
  expect(blocked + Math.max(0, connect) + send + wait + receive).toBeCloseTo(time, 0);
});

test('a long body is cut after masking, so that no half of a secret stays', async () => {
  const mask = createMask({ values: ['split-secret-value'] });
  const body = `${'x'.repeat(90)}split-secret-value${'y'.repeat(200_000)}`;
  await using server = await startFaulty(
    (_, response) => void response.writeHead(200, { 'content-type': 'text/plain' }).end(body),
  );
  const { calls, observe } = recorded();
  await using api = createHttpClient({ baseURL: server.url, observe, mask, keptBodyBytes: 100 });
  await api.get('/');
  expect(calls[0]?.exchange().responseBody).toBe(`${'x'.repeat(90)}[masked]yy… (200108 bytes)`);
  await api.extend({ keptBodyBytes: 0 }).get('/');
  expect(calls[1]?.exchange()).not.toHaveProperty('responseBody');
});

test('forms are masked by name, what is no text is told by its size, and a key has the name that auth says', async () => {
  await using server = await startFaulty(
    (_, response) => void response.writeHead(200, { 'content-type': 'image/png' }).end('png'),
  );
  const { calls, observe } = recorded();
  await using api = createHttpClient({
    baseURL: server.url,
    observe,
    auth: apiKeyAuth({ key: { reveal: () => 'abc' }, header: 'X-Shop' }),
  });
  await api.post('/', { form: { password: 'first-of-all', a: 1 } });
  expect(calls[0]?.exchange()).toMatchObject({
    requestBody: 'password=[masked]&a=1',
    responseBody: '<3 bytes of image/png>',
  });
  expect(calls[0]?.exchange().requestHeaders).toContainEqual({ name: 'x-shop', value: '[masked]' });
  await api.post('/', { body: 'not json', headers: { 'content-type': 'application/json' } });
  expect(calls[1]?.exchange().requestBody).toBe('not json');
  await api.post('/', { body: new Uint8Array([1]) });
  expect(calls[2]?.toCurl()).toContain('--data-binary @body.bin');
});
