import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPolicy } from '@quality-hub/resilience';
import { expect, test } from 'vitest';
import { shownAtCaller } from './http/caller.ts';
import { createHttpClient, type HttpClient } from './index.ts';
import { cut, hang, json, startFaulty } from './testing/faulty-server.ts';

const wrong = (call: (api: HttpClient) => Promise<unknown>) => call;

test.each([
  ['a status', wrong(async api => await api.get('/404'))],
  ['a status with a method of one’s own', wrong(async api => await api.request('get', '/404'))],
  ['a timeout', wrong(async api => await api.get('/hang', { timeoutMs: 20 }))],
  ['a connection that is cut', wrong(async api => await api.post('/cut', { json: {} }))],
  ['a wrong option', wrong(async api => await api.get('/', { timeoutMs: -1 }))],
  ['no JSON', wrong(async api => await api.get('/text').json())],
  ['no JSON of an answer', wrong(async api => await (await api.get('/text')).json())],
  ['a stream', wrong(async api => await api.stream('/404'))],
  ['a download', wrong(async api => await api.download('/404', join(mkdtempSync(join(tmpdir(), 'qh-site-')), 'x')))],
  ['a poll', wrong(async api => await api.poll('/', { until: () => false, everyMs: 1, withinMs: 5 }))],
  ['pages', wrong(async api => await api.pages('/circle', { next: { by: 'link' } }).next())],
])('the error of %s is shown where the call was made', async (_, call) => {
  await using server = await startFaulty((request, response, asked) => {
    if (asked.url === '/hang') return hang(request, response, asked);
    if (asked.url === '/cut') return cut(request, response, asked);
    if (asked.url === '/text') return void response.end('no json');
    if (asked.url === '/circle') return json([], 200, { link: '</circle>; rel="next"' })(request, response, asked);
    return json({}, asked.url === '/404' ? 404 : 200)(request, response, asked);
  });
  await using api = createHttpClient({
    baseURL: server.url,
    policy: createPolicy({ name: 'shop', deadlineMs: 5_000, retry: { retries: 1, baseMs: 1 } }),
  });
  const error = (await call(api).catch((thrown: unknown) => thrown)) as Error;
  const [head, first] = (error.stack ?? '').split(/\n {4}at /);
  expect(first).toContain('caller.test.ts');
  expect(head).toBe(`${error.name}: ${error.message}`);
});

test('the error of one of several calls at once is shown there as well, and a chain of page objects stands in its stack', async () => {
  await using server = await startFaulty(json({}, 404));
  await using api = createHttpClient({ baseURL: server.url });
  class Orders {
    async read() {
      return await Promise.all([api.get('/1').json(), api.get('/2').json()]);
    }
  }
  const open = async () => await new Orders().read();
  const error = (await open().catch((thrown: unknown) => thrown)) as Error;
  expect(error.stack).toMatch(/Promise\.all[^]*Orders\.read \([^\n]*caller\.test\.ts[^]*open \([^\n]*caller\.test\.ts/);
});

test('what is not ours keeps its stack, and so does an error that nobody awaits', async () => {
  const reason = new Error('given up');
  const before = reason.stack;
  expect([(shownAtCaller(reason) as Error).stack, shownAtCaller('text')]).toEqual([before, 'text']);
  await using server = await startFaulty(json({}, 404));
  await using api = createHttpClient({ baseURL: server.url });
  const failed = await new Promise<Error>(resolve => void api.get('/').catch(resolve));
  expect(failed.stack).toMatch(/^HttpStatusError: GET [^]*\n {4}at statusError/);
});
