import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { shareBreakers } from '../breaker/share-breakers.ts';
import { createPolicy } from '../create-policy.ts';
import type { CallOptions, PolicyEvent } from '../policy.ts';
import { Registry } from '../registry.ts';
import { MemoryDriver } from '../testing/memory-driver.ts';
import { scripted } from '../testing/scripted-work.ts';
import { watched } from '../testing/settled.ts';
import { statusError } from '../testing/status-error.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] }));
afterEach(() => vi.useRealTimers());

const advance = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** Work that notes when it starts, and takes its time. */
function noting() {
  const started: string[] = [];
  const from = performance.now();
  return {
    started,
    work:
      (name: string, tookMs = 100) =>
      async () => {
        started.push(`${name} ${Math.round(performance.now() - from)}`);
        await new Promise(resolve => setTimeout(resolve, tookMs));
        return name;
      },
  };
}

describe('the bulkhead', () => {
  test('runs so many at a time, the others in the order of their coming', async () => {
    const policy = createPolicy({ bulkhead: 2 });
    const { started, work } = noting();
    for (const name of ['a', 'b', 'c', 'd', 'e']) watched(policy.execute(work(name)));
    await advance(500);
    expect(started).toEqual(['a 0', 'b 0', 'c 100', 'd 100', 'e 200']);
  });

  test('a newcomer never takes the place of one who waits, nor is one refused who has been let into the line', async () => {
    const policy = createPolicy({ bulkhead: { concurrent: 1, queue: 1 } });
    const { started, work } = noting();
    const first = policy.execute(work('first'));
    const waiting = watched(policy.execute(work('waiting')));
    // In the very moment in which the place becomes free.
    const newcomer = watched(first.then(() => policy.execute(work('newcomer'))));
    await advance(500);
    expect(waiting).toMatchObject({ state: 'fulfilled', value: 'waiting' });
    expect(newcomer.state).toBe('fulfilled');
    expect(started).toEqual(['first 0', 'waiting 100', 'newcomer 200']);
  });

  test('refuses when the line is full, with the numbers', async () => {
    const policy = createPolicy({ name: 'shop', bulkhead: { concurrent: 1, queue: 1 } });
    const { work } = noting();
    for (const name of ['a', 'b']) watched(policy.execute(work(name)));
    const events: PolicyEvent[] = [];
    await expect(
      policy.execute(work('c'), { doing: 'GET /c', onEvent: event => events.push(event) }),
    ).rejects.toMatchObject({
      code: 'QH_BULKHEAD_FULL',
      message: 'GET /c: not called, 1 calls of shop run and 1 wait',
      hint: expect.stringContaining('concurrent'),
    });
    expect(events).toEqual([{ type: 'refused', by: 'bulkhead' }]);
    await advance(500);
  });

  test('one who waits and is aborted is settled at once, and makes room', async () => {
    const policy = createPolicy({ bulkhead: { concurrent: 1, queue: 1 } });
    const { started, work } = noting();
    watched(policy.execute(work('a')));
    const stop = new AbortController();
    const aborted = watched(policy.execute(work('b'), { signal: stop.signal }));
    await advance(20);
    stop.abort(new Error('stop'));
    await advance(0);
    expect(aborted).toMatchObject({ state: 'rejected', value: { message: 'stop' } });
    watched(policy.execute(work('c')));
    await advance(500);
    expect(started).toEqual(['a 0', 'c 100']);
  });

  test('one who waits past its deadline is told so, and the attempt timeout does not run while it waits', async () => {
    const policy = createPolicy({ bulkhead: 1, timeoutMs: 150 });
    const { started, work } = noting();
    watched(policy.execute(work('a')));
    const hurried = watched(policy.execute(work('b'), { deadlineMs: 50 }));
    const patient = watched(policy.execute(work('c')));
    await advance(50);
    expect(hurried.value).toMatchObject({ code: 'QH_DEADLINE', tried: { attempts: 0 } });
    await advance(200);
    expect(patient.state).toBe('fulfilled');
    expect(started).toEqual(['a 0', 'c 100']);
  });

  test('who is more important goes first', async () => {
    const policy = createPolicy({ bulkhead: 1 });
    const { started, work } = noting();
    for (const [name, priority] of Object.entries({ a: 0, b: 0, c: 5, d: 5, e: 9, f: 0 }))
      watched(policy.execute(work(name, 10), { priority }));
    await advance(500);
    expect(started.map(text => text[0])).toEqual(['a', 'e', 'c', 'd', 'b', 'f']);
  });

  test('targets do not wait for one another, and the wait is told', async () => {
    const registry = new Registry();
    const policy = createPolicy({ bulkhead: 1 }, { registry });
    const { started, work } = noting();
    const events: PolicyEvent[] = [];
    watched(policy.execute(work('a'), { target: 'x' }));
    watched(policy.execute(work('b'), { target: 'y' }));
    watched(policy.execute(work('c'), { target: 'x', onEvent: event => events.push(event) }));
    await advance(500);
    expect(started).toEqual(['a 0', 'b 0', 'c 100']);
    expect(events[0]).toEqual({ type: 'wait', for: 'bulkhead', waitMs: 100 });
    expect(registry.statistics()[0]?.waitedMs.bulkhead).toBe(100);
  });
});

describe('the rate limit', () => {
  test('lets calls go at its rate, after a burst, in the order of their coming', async () => {
    const policy = createPolicy({ rateLimit: { calls: 10, perMs: 1_000, burst: 2 } });
    const { started, work } = noting();
    for (const name of ['a', 'b', 'c', 'd', 'e']) watched(policy.execute(work(name, 1)));
    await advance(1_000);
    expect(started).toEqual(['a 0', 'b 0', 'c 100', 'd 200', 'e 300']);
  });

  test('fills up again, and not beyond its burst', async () => {
    const policy = createPolicy({ rateLimit: { calls: 10, burst: 2 } });
    const { started, work } = noting();
    watched(policy.execute(work('a', 1)));
    await advance(60_000);
    for (const name of ['b', 'c', 'd']) watched(policy.execute(work(name, 1)));
    await advance(1_000);
    expect(started).toEqual(['a 0', 'b 60000', 'c 60000', 'd 60100']);
  });

  test('who cannot be served in time is refused now', async () => {
    const policy = createPolicy({ name: 'shop', rateLimit: { calls: 1, perMs: 1_000, maxWaitMs: 1_500 } });
    const { work } = noting();
    watched(policy.execute(work('a', 1)));
    const events: PolicyEvent[] = [];
    await expect(
      policy.execute(work('b'), { deadlineMs: 400, doing: 'GET /b', onEvent: event => events.push(event) }),
    ).rejects.toMatchObject({
      code: 'QH_RATE_LIMITED',
      message: 'GET /b: not called, the rate limit of shop asks for a wait of 1000 ms and only 400 ms are left',
      waitMs: 1_000,
      hint: expect.stringContaining('rate limit'),
    });
    expect(events).toEqual([{ type: 'refused', by: 'rate-limit' }]);
    const waiting = watched(policy.execute(work('c', 1)));
    await expect(policy.execute(work('d'))).rejects.toMatchObject({ code: 'QH_RATE_LIMITED', waitMs: 2_000 });
    await advance(1_100);
    expect(waiting.state).toBe('fulfilled');
  });

  test('an aborted call leaves the line at once, and the next moves up', async () => {
    const policy = createPolicy({ rateLimit: { calls: 10, burst: 1 } });
    const { started, work } = noting();
    const stop = new AbortController();
    watched(policy.execute(work('a', 1)));
    const aborted = watched(policy.execute(work('b', 1), { signal: stop.signal }));
    watched(policy.execute(work('c', 1)));
    await advance(50);
    stop.abort(new Error('stop'));
    await advance(0);
    expect(aborted.state).toBe('rejected');
    await advance(500);
    expect(started).toEqual(['a 0', 'c 100']);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('who is more important goes first', async () => {
    const policy = createPolicy({ rateLimit: { calls: 10, burst: 1 } });
    const { started, work } = noting();
    for (const [name, priority] of Object.entries({ a: 0, b: 0, c: 1 }))
      watched(policy.execute(work(name, 1), { priority }));
    await advance(500);
    expect(started).toEqual(['a 0', 'c 100', 'b 200']);
  });

  const headers = (values: Record<string, string>) => (name: string) => values[name] ?? null;
  const answering = (values: Record<string, string>, options: CallOptions = {}) => ({
    options,
    work: async (context: { noteHeaders?: ((get: (name: string) => string | null) => void) | undefined }) => {
      context.noteHeaders?.(headers(values));
      return 'ok';
    },
  });

  test('after Retry-After nobody goes before its end', async () => {
    const policy = createPolicy({ rateLimit: 'adaptive' });
    const { started, work } = noting();
    await policy.execute(answering({ 'retry-after': '2' }).work);
    watched(policy.execute(work('a', 1)));
    watched(policy.execute(work('b', 1)));
    await advance(5_000);
    expect(started).toEqual(['a 2000', 'b 2000']);
  });

  test('no more calls go until the reset than the server says remain', async () => {
    const policy = createPolicy({ rateLimit: 'adaptive' });
    const { started, work } = noting();
    await policy.execute(answering({ 'x-ratelimit-remaining': '2', 'x-ratelimit-reset': '3' }).work);
    // An older answer that comes late must not give back what has been used.
    await policy.execute(answering({ 'x-ratelimit-remaining': '9', 'x-ratelimit-reset': '3' }).work);
    for (const name of ['a', 'b']) watched(policy.execute(work(name, 1)));
    await advance(5_000);
    expect(started).toEqual(['a 0', 'b 3000']);
  });

  test('a 429 makes all calls wait, not only its own next try', async () => {
    const registry = new Registry();
    const policy = createPolicy({ rateLimit: 'adaptive', breaker: { consecutive: 1 } }, { registry });
    const { started, work } = noting();
    await policy.execute(scripted({ error: statusError(429, { retryAfterMs: 800 }) }).work).catch(() => {});
    watched(policy.execute(work('a', 1)));
    await advance(1_000);
    expect(started).toEqual(['a 800']);
    expect(registry.breakers()[0]).toMatchObject({ state: 'closed', opened: 0 });
  });

  test('where there is no rate limit, nobody is asked to read headers', async () => {
    const { work, contexts } = scripted({});
    await createPolicy({ retry: 1 }).execute(work);
    expect(contexts[0]?.noteHeaders).toBeUndefined();
  });
});

describe('a quota', () => {
  test('lets so many attempts of a run through, and not one more', async () => {
    const policy = createPolicy({ name: 'sms', quota: 2 });
    const events: PolicyEvent[] = [];
    for (let call = 0; call < 2; call++) await policy.execute(scripted({}).work);
    const { work, contexts } = scripted({});
    await expect(policy.execute(work, { onEvent: event => events.push(event), doing: 'send' })).rejects.toMatchObject({
      code: 'QH_QUOTA',
      message: 'send: not called, the quota of 2 calls of sms for this run is used up',
      hint: expect.stringContaining('quota'),
    });
    expect(contexts).toHaveLength(0);
    expect(events).toEqual([{ type: 'refused', by: 'quota' }]);
  });

  const shared = (driver: MemoryDriver, worker: string, calls: number) => {
    const registry = new Registry();
    shareBreakers(registry, driver, { worker });
    return createPolicy({ name: 'sms', quota: calls }, { registry });
  };
  const make = async (policy: ReturnType<typeof shared>, count: number): Promise<number> => {
    const results = await Promise.allSettled(Array.from({ length: count }, () => policy.execute(scripted({}).work)));
    return results.filter(({ status }) => status === 'fulfilled').length;
  };

  test('counts for all workers of a run that share a store, in pieces', async () => {
    const driver = new MemoryDriver();
    const policies = ['a', 'b', 'c'].map(name => shared(driver, name, 100));
    const made = await Promise.all(policies.map(policy => make(policy, 60)));
    expect(made.reduce((sum, count) => sum + count)).toBe(100);
    expect(await make(shared(driver, 'late', 100), 1)).toBe(0);
    expect(driver.calls.get).toBeLessThan(300);
  });

  test.each<[string, (driver: MemoryDriver) => void]>([
    ['fails', driver => Object.assign(driver, { failure: new Error('no disk') })],
    ['hangs', driver => Object.assign(driver, { hangs: true })],
  ])('where the store %s, each worker counts for itself', async (_, spoil) => {
    const driver = new MemoryDriver();
    const policy = shared(driver, 'a', 100);
    expect(await make(policy, 7)).toBe(7);
    spoil(driver);
    const rest = make(policy, 120);
    await advance(200);
    expect(await rest).toBe(93);
    expect(await make(policy, 1)).toBe(0);
  });
});
