import { FakeClock } from '@quality-hub/testkit';
import { expect, test } from 'vitest';
import { createHttpClient } from '../index.ts';
import { json, startFaulty } from '../testing/faulty-server.ts';

/** Sleeping moves the clock at once, so that no test waits. */
function instant() {
  const clock = new FakeClock();
  const slept: number[] = [];
  const sleep = async (ms: number): Promise<void> => {
    slept.push(ms);
    clock.advance(ms);
  };
  return { now: clock.now, sleep, slept };
}

test('polling ends with the answer that was waited for; a longer Retry-After goes first', async () => {
  await using server = await startFaulty();
  const { now, sleep, slept } = instant();
  await using api = createHttpClient({ baseURL: server.url, now, sleep });
  server.next(
    json({ state: 'queued' }),
    json({ state: 'running' }, 202, { 'retry-after': '3' }),
    json({ state: 'done' }),
  );
  const answer = await api.poll('/job/{id}', {
    params: { id: 1 },
    until: body => (body as { state: string }).state === 'done',
    everyMs: 100,
  });
  expect([await answer.json(), slept]).toEqual([{ state: 'done' }, [100, 3_000]]);
  server.next(
    (_, response) => void response.end('not yet'),
    (_, response) => void response.end('ready'),
  );
  expect(await (await api.poll('/', { until: body => body === 'ready' })).text()).toBe('ready');
});

test('polling gives up at its time, or at that of the test, with the last answer, masked', async () => {
  await using server = await startFaulty(json({ state: 'running', token: 'secret-token-1' }));
  const { now, sleep, slept } = instant();
  await using api = createHttpClient({ baseURL: server.url, now, sleep });
  await expect(api.poll('/job', { until: () => false, withinMs: 1_000, everyMs: 400 })).rejects.toMatchObject({
    code: 'QH_HTTP_POLL',
    message:
      'GET /job was not what was waited for within 1000 ms, in 3 tries; at last 200: {"state":"running","token":"[masked]"}',
  });
  expect(slept).toEqual([400, 400]);
  const hurried = api.extend({ remainingMs: () => 500 });
  await expect(hurried.poll('/job', { until: () => false, everyMs: 400 })).rejects.toThrow('within 500 ms, in 2 tries');
});

test('polling ends at once when it is aborted, and with what a call throws', async () => {
  await using server = await startFaulty(json({}));
  await using api = createHttpClient({ baseURL: server.url });
  const stop = new AbortController();
  const polling = api.poll('/', { until: () => false, everyMs: 60_000, signal: stop.signal, withinMs: 120_000 });
  await expect.poll(() => server.asked.length).toBe(1);
  const reason = new Error('enough');
  stop.abort(reason);
  await expect(polling).rejects.toBe(reason);
  server.next(json({}, 500));
  await expect(api.poll('/', { until: () => true })).rejects.toMatchObject({ code: 'QH_HTTP_STATUS' });
});
