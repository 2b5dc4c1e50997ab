import type { Evidence } from '@quality-hub/protocol';
import { createPolicy } from '@quality-hub/resilience';
import { expect, test } from 'vitest';
import { openWorker } from './testing/open-workers.ts';
import { toldPolicy } from './told-policy.ts';

const coded = (code: string) => Object.assign(new Error(code), { code });

function told(options: Parameters<typeof createPolicy>[0], remainingMs?: () => number | undefined) {
  const seen: Evidence[] = [];
  const observe = (one: Evidence) => void seen.push(one);
  const policy = toldPolicy(createPolicy({ name: 'payments', ...options }), {
    observe,
    ...(remainingMs ? { remainingMs } : {}),
  });
  return { policy, seen };
}

test('each call is told with its attempts and waits, and by whose failure it ended', async () => {
  const { policy, seen } = told({ retry: { retries: 1, baseMs: 5, jitter: 'none' }, breaker: { consecutive: 2 } });
  let calls = 0;
  const flaky = async () => {
    if (++calls === 1) throw coded('ECONNREFUSED');
    return 'paid';
  };
  expect(await policy.execute(flaky, { doing: 'pay' })).toBe('paid');
  await expect(policy.execute(() => Promise.reject(coded('ECONNREFUSED')))).rejects.toThrow();
  await expect(policy.execute(async () => 1, { doing: 'pay' })).rejects.toMatchObject({ code: 'QH_BREAKER_OPEN' });
  expect(seen).toEqual([
    {
      kind: 'call',
      dependency: 'payments',
      operation: 'pay',
      outcome: 'ok',
      attempts: 2,
      durationMs: expect.any(Number),
      waitedMs: expect.any(Number),
    },
    expect.objectContaining({ operation: 'payments', outcome: 'failed', attempts: 2, errorCode: 'ECONNREFUSED' }),
    expect.objectContaining({ outcome: 'refused', attempts: 0, refusedBy: 'breaker', errorCode: 'QH_BREAKER_OPEN' }),
  ]);
});

test('an expectation that fails inside says nothing of the dependency, and an abort is one', async () => {
  const { policy, seen } = told({ breaker: { consecutive: 1 } });
  await expect(policy.execute(() => Promise.reject(new Error('expected 1, received 2')))).rejects.toThrow('expected 1');
  expect(seen).toEqual([]);
  const stop = new AbortController();
  const hanging = policy.execute(() => new Promise(() => {}), { signal: stop.signal });
  stop.abort(new Error('stop'));
  await expect(hanging).rejects.toThrow('stop');
  expect(seen).toMatchObject([{ outcome: 'aborted' }]);
});

test('no call outlives its test', async () => {
  const events: string[] = [];
  const { policy, seen } = told({}, () => 20);
  const hanging = policy.execute(() => new Promise(() => {}), {
    deadlineMs: 60_000,
    onEvent: ({ type }) => events.push(type),
  });
  await expect(hanging).rejects.toMatchObject({ code: 'QH_DEADLINE' });
  expect(seen).toMatchObject([{ outcome: 'timeout', errorCode: 'QH_DEADLINE' }]);
  expect(events).toContain('attempt');
});

test('the runtime gives it by its name', async () => {
  const { runtime, seen } = await openWorker({
    config: { policies: { payments: { retry: 1 } } },
    remainingMs: () => 500,
  });
  expect(await runtime.guard('payments').execute(async () => 'done')).toBe('done');
  expect(seen).toMatchObject([{ kind: 'call', dependency: 'payments', outcome: 'ok' }]);
  expect(() => runtime.guard('paymets')).toThrow(expect.objectContaining({ code: 'QH_RUNTIME_NAME' }));
});
