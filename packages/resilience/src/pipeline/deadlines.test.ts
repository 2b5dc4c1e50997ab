import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createPolicy } from '../create-policy.ts';
import { Registry } from '../registry.ts';
import { scripted } from '../testing/scripted-work.ts';
import { watched } from '../testing/settled.ts';
import { codeError, statusError } from '../testing/status-error.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] }));
afterEach(() => vi.useRealTimers());

const advance = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test('an attempt is given up at its timeout, and its signal tells the work', async () => {
  const policy = createPolicy({ timeoutMs: 50 });
  const { work, contexts } = scripted('hang');
  const call = watched(policy.execute(work, { doing: 'GET /orders' }));
  await advance(49);
  expect(contexts[0]?.signal.aborted).toBe(false);
  expect(call.state).toBe('pending');
  await advance(1);
  expect(call).toMatchObject({
    state: 'rejected',
    value: { code: 'QH_TIMEOUT', message: 'GET /orders: gave up after 50 ms' },
  });
  expect(contexts[0]?.signal.reason).toBe(call.value);
});

test('a signal that is first read after the timeout is aborted already', async () => {
  const policy = createPolicy({ timeoutMs: 50 });
  const { work, contexts } = scripted('hang');
  const call = watched(policy.execute(work));
  await advance(60);
  expect(call.value).toMatchObject({ code: 'QH_TIMEOUT', message: 'Gave up after 50 ms' });
  expect(contexts[0]?.signal.aborted).toBe(true);
});

test('the deadline ends all attempts and waits together, and says what was tried', async () => {
  const policy = createPolicy({ deadlineMs: 1_000, retry: { retries: 50, baseMs: 100, maxMs: 100, jitter: 'none' } });
  const { work } = scripted({ error: codeError('ECONNREFUSED') }, { error: codeError('ECONNREFUSED') }, 'hang');
  const call = watched(policy.execute(work, { doing: 'GET /stock/1' }));
  await advance(999);
  expect(call.state).toBe('pending');
  await advance(1);
  expect(call.value).toMatchObject({
    code: 'QH_DEADLINE',
    message:
      'GET /stock/1: no answer within the deadline of 1000 ms, after 3 attempts in 1000 ms; the last error was: it failed with ECONNREFUSED',
    tried: { attempts: 3, durationMs: 1000 },
    cause: { code: 'ECONNREFUSED' },
    hint: expect.stringContaining('deadlineMs'),
  });
});

test('the deadline of a call counts where it is shorter than that of the policy', async () => {
  const policy = createPolicy({ deadlineMs: 1_000 });
  const call = watched(policy.execute(scripted('hang').work, { deadlineMs: 30 }));
  const other = watched(policy.execute(scripted('hang').work, { deadlineMs: 5_000 }));
  await advance(30);
  expect(call.value).toMatchObject({ code: 'QH_DEADLINE' });
  await advance(970);
  expect(other.value).toMatchObject({ code: 'QH_DEADLINE' });
});

test('a call without time left makes no attempt', async () => {
  const { work, contexts } = scripted({});
  await expect(createPolicy().execute(work, { deadlineMs: 0 })).rejects.toMatchObject({
    code: 'QH_DEADLINE',
    message: 'No answer within the deadline of 0 ms: waited 0 ms and made no attempt',
  });
  expect(contexts).toHaveLength(0);
});

test('an abort ends a running call at once, with the reason of the caller', async () => {
  const policy = createPolicy({ deadlineMs: 1_000, timeoutMs: 500, retry: 3 });
  const { work, contexts } = scripted('hang');
  const stop = new AbortController();
  const call = watched(policy.execute(work, { signal: stop.signal, idempotent: true }));
  await advance(20);
  stop.abort(new Error('the test is over'));
  await advance(0);
  expect(call).toMatchObject({ state: 'rejected', value: { message: 'the test is over' } });
  expect(contexts[0]?.signal.aborted).toBe(true);
});

test('a call with an aborted signal does not start', async () => {
  const { work, contexts } = scripted({});
  const signal = AbortSignal.abort(new Error('too late'));
  await expect(createPolicy({ retry: 2 }).execute(work, { signal })).rejects.toThrow('too late');
  expect(contexts).toHaveLength(0);
});

test('an abort during a backoff ends the call at once, and no attempt follows', async () => {
  const policy = createPolicy({ retry: { retries: 3, baseMs: 400, jitter: 'none' } });
  const { work, contexts } = scripted({ error: codeError('ECONNREFUSED') });
  const stop = new AbortController();
  const call = watched(policy.execute(work, { signal: stop.signal }));
  await advance(30);
  stop.abort(new Error('stop'));
  await advance(0);
  expect(call).toMatchObject({ state: 'rejected', value: { message: 'stop' } });
  await advance(5_000);
  expect(contexts).toHaveLength(1);
  expect(vi.getTimerCount()).toBe(0);
});

test('the listener on the signal of the caller goes with the call', async () => {
  const { signal } = new AbortController();
  let listeners = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners++;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners--;
    remove(...args);
  };
  const policy = createPolicy({ timeoutMs: 50 });
  await policy.execute(scripted({}).work, { signal });
  await policy.execute(scripted({ error: statusError(400) }).work, { signal }).catch(() => {});
  expect(listeners).toBe(0);
});

test('the late failure of work that was given up goes nowhere', async () => {
  const unhandled = vi.fn();
  process.on('unhandledRejection', unhandled);
  const policy = createPolicy({ timeoutMs: 50 });
  const call = watched(policy.execute(scripted({ error: new Error('late'), afterMs: 80 }).work));
  await advance(100);
  expect(call.value).toMatchObject({ code: 'QH_TIMEOUT' });
  vi.useRealTimers();
  await new Promise(resolve => setTimeout(resolve, 5));
  process.off('unhandledRejection', unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});

test('a hundred calls share one timer, and one that ends early leaves the others theirs', async () => {
  const policy = createPolicy({ timeoutMs: 1_000 });
  const quick = policy.execute(scripted({ ok: 'a', afterMs: 10 }).work);
  await advance(5);
  const slow = Array.from({ length: 100 }, () => watched(policy.execute(scripted('hang').work)));
  expect(vi.getTimerCount()).toBe(2);
  await advance(5);
  expect(await quick).toBe('a');
  await advance(994);
  expect(slow.every(({ state }) => state === 'pending')).toBe(true);
  await advance(1);
  expect(slow.every(({ state }) => state === 'rejected')).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

test('a deadline beyond the longest timer holds as well', async () => {
  const policy = createPolicy({ deadlineMs: 3_000_000_000 });
  const call = watched(policy.execute(scripted('hang').work));
  await advance(2_999_999_999);
  expect(call.state).toBe('pending');
  await advance(1);
  expect(call.value).toMatchObject({ code: 'QH_DEADLINE' });
});

test('work that throws before it returns a promise fails the call, and is no crash', async () => {
  const broken = (() => {
    throw new TypeError('no function');
  }) as unknown as () => Promise<void>;
  await expect(createPolicy({ timeoutMs: 50 }).execute(broken)).rejects.toThrow('no function');
  await expect(createPolicy({ retry: 2 }).execute(broken)).rejects.toThrow('no function');
});

test.each([-3_600_000, 3_600_000])(
  'a wall clock that is set by %d ms moves no deadline, no breaker and no limit',
  async byMs => {
    const registry = new Registry();
    const policy = createPolicy(
      { deadlineMs: 1_000, breaker: { consecutive: 1, openMs: 500 }, rateLimit: { calls: 10, burst: 1 } },
      { registry },
    );
    const hung = watched(policy.execute(scripted('hang').work, { target: 'a' }));
    await policy.execute(scripted({ error: statusError(500) }).work, { target: 'b' }).catch(() => {});
    vi.setSystemTime(Date.now() + byMs);
    const limited = watched(
      policy.execute(scripted({}).work, { target: 'c' }).then(() => policy.execute(scripted({}).work, { target: 'c' })),
    );
    await advance(99);
    expect(limited.state).toBe('pending');
    await advance(1);
    expect(limited.state).toBe('fulfilled');
    await advance(399);
    expect(registry.breakers().find(({ target }) => target === 'b')?.state).toBe('open');
    await advance(1);
    expect(registry.breakers().find(({ target }) => target === 'b')?.state).toBe('half-open');
    expect(hung.state).toBe('pending');
    await advance(500);
    expect(hung.value).toMatchObject({ code: 'QH_DEADLINE' });
  },
);
