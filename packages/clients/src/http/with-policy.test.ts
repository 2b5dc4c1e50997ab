import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { classify, createPolicy, degrade } from '@quality-hub/resilience';
import { expect, test } from 'vitest';
import { type CallRecord, createHttpClient } from '../index.ts';
import { type Answer, cut, json, startFaulty } from '../testing/faulty-server.ts';

const retrying = () => createPolicy({ name: 'shop', retry: { retries: 3, baseMs: 1, maxMs: 2 } });
const recorded = () => {
  const calls: CallRecord[] = [];
  return { calls, observe: (call: CallRecord) => void calls.push(call) };
};

test('a policy repeats what may be repeated, and each call stays one record', async () => {
  await using server = await startFaulty();
  const { calls, observe } = recorded();
  await using api = createHttpClient({ baseURL: server.url, policy: retrying(), observe });
  server.next(json({}, 503), json({}, 502));
  await api.get('/read');
  server.next(json({}, 503));
  await expect(api.post('/write')).rejects.toMatchObject({ status: 503 });
  server.next(json({}, 503));
  await api.post('/write', { idempotencyKey: true });
  server.next(json({}, 404));
  await expect(api.get('/missing')).rejects.toMatchObject({ status: 404 });
  expect(calls.map(call => call.evidence()).map(({ outcome, attempts }) => [outcome, attempts])).toEqual([
    ['ok', 3],
    ['failed', 1],
    ['ok', 2],
    ['failed', 1],
  ]);
  const [, , , first, second] = server.asked.slice(1).map(({ headers }) => headers['idempotency-key']);
  expect(first).toBe(second);
});

test('a write that never left is repeated, whatever the method', async () => {
  await using server = await startFaulty();
  const { port } = server;
  await server.close();
  const { calls, observe } = recorded();
  const policy = retrying();
  await using api = createHttpClient({ baseURL: `http://127.0.0.1:${port}`, policy, observe });
  await expect(api.post('/')).rejects.toMatchObject({ networkCode: 'ECONNREFUSED' });
  expect(calls[0]?.facts.attempts).toBe(4);
});

test('an open breaker refuses the call without asking the server', async () => {
  await using server = await startFaulty(json({}, 500));
  const { calls, observe } = recorded();
  const policy = createPolicy({ name: 'shop', breaker: { consecutive: 2, openMs: 60_000 } });
  await using api = createHttpClient({ baseURL: server.url, policy, observe });
  for (let i = 0; i < 3; i++) await api.get('/').catch(() => undefined);
  expect(server.asked).toHaveLength(2);
  expect(calls[2]?.evidence()).toMatchObject({ outcome: 'refused', refusedBy: 'breaker', attempts: 0 });
});

test.each<[string, Answer | undefined, object]>([
  ['a cut', cut, { lasting: 'transient', blame: 'network', applied: 'maybe' }],
  ['a 503', json({}, 503), { lasting: 'transient', blame: 'dependency' }],
  ['a 401', json({}, 401), { lasting: 'permanent', blame: 'credential' }],
  [
    'a circle',
    (_, response) => void response.writeHead(302, { location: '/' }).end(),
    { lasting: 'permanent', blame: 'dependency' },
  ],
  [
    'a bad body',
    (_, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end('x'),
    { lasting: 'permanent', blame: 'dependency' },
  ],
])('%s is told as what it is', async (_, answer, expected) => {
  await using server = await startFaulty(answer);
  await using api = createHttpClient({ baseURL: server.url });
  const error = await api.get('/').catch((thrown: unknown) => thrown);
  expect(classify(error)).toMatchObject(expected);
});

test('what an answer says of limits reaches the policy, also where the call went well', async () => {
  await using server = await startFaulty(json({}, 200, { 'ratelimit-remaining': '0', 'ratelimit-reset': '9' }));
  const heard: unknown[] = [];
  await using api = createHttpClient({
    baseURL: server.url,
    policy: {
      name: 'listening',
      execute: work =>
        work({
          signal: new AbortController().signal,
          attempt: 1,
          noteHeaders: get => void heard.push(get('ratelimit-remaining'), get('RateLimit-Reset'), get('retry-after')),
        }),
    },
  });
  await api.get('/');
  expect(heard).toEqual(['0', '9', undefined]);
});

test('what a fallback gives is read as an answer, and told as the failure that it stands in for', async () => {
  await using server = await startFaulty(json({}, 503));
  const { calls, observe } = recorded();
  const policy = createPolicy({ name: 'rates', fallback: degrade('rates', { rate: 1 }) });
  await using api = createHttpClient({ baseURL: server.url, policy, observe });
  expect(await api.get('/rates').json()).toEqual({ rate: 1 });
  expect(calls[0]?.evidence()).toMatchObject({ outcome: 'failed', status: 503, errorCode: 'QH_HTTP_STATUS' });
  const file = join(await mkdtemp(join(tmpdir(), 'qh-fallback-')), 'rates.json');
  expect(await api.download('/rates', file)).toMatchObject({ sizeBytes: 10 });
  expect(await readFile(file, 'utf8')).toBe('{"rate":1}');
});
