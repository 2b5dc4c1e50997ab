import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createPolicy } from '../create-policy.ts';
import type { PolicyEvent } from '../policy.ts';
import { Registry, type RegistryEvent } from '../registry.ts';
import { scripted } from '../testing/scripted-work.ts';
import { watched } from '../testing/settled.ts';
import { codeError, statusError } from '../testing/status-error.ts';
import { degrade } from './fallback.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] }));
afterEach(() => vi.useRealTimers());

const advance = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('a hedge', () => {
  test('starts a second try beside a slow first one; the first answer counts and the other is told to stop', async () => {
    const registry = new Registry();
    const policy = createPolicy({ hedge: 100 }, { registry });
    const { work, contexts } = scripted('hang', { ok: 'second', afterMs: 20 });
    const events: PolicyEvent[] = [];
    const call = watched(policy.execute(work, { idempotent: true, onEvent: event => events.push(event) }));
    await advance(99);
    expect(contexts).toHaveLength(1);
    expect(contexts[0]?.signal.aborted).toBe(false);
    await advance(21);
    expect(call.value).toBe('second');
    expect(contexts.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(contexts[0]?.signal.reason).toMatchObject({ name: 'AbortError', message: 'Another try was faster' });
    await advance(0);
    expect(events).toMatchObject([
      { type: 'hedge', afterMs: 100 },
      { type: 'attempt', attempt: 2, outcome: 'ok' },
      { type: 'attempt', attempt: 1, outcome: 'aborted' },
    ]);
    expect(registry.statistics()[0]).toMatchObject({ hedges: 1, calls: { ok: 1, failed: 0 } });
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is not for work that must not be done twice', async () => {
    const { work, contexts } = scripted({ ok: 'slow', afterMs: 500 });
    const call = watched(createPolicy({ hedge: 100 }).execute(work));
    await advance(500);
    expect(call.value).toBe('slow');
    expect(contexts).toHaveLength(1);
  });

  test('is not started where the first has failed: that is for the retry', async () => {
    const { work, contexts } = scripted({ error: statusError(404) });
    const call = watched(createPolicy({ hedge: 100 }).execute(work, { idempotent: true }));
    await advance(500);
    expect(call.value).toMatchObject({ status: 404 });
    expect(contexts).toHaveLength(1);
  });

  test('a try that fails leaves the other running, and the last error counts', async () => {
    const policy = createPolicy({ hedge: { afterMs: 10, most: 2 } });
    const saved = scripted({ error: statusError(500), afterMs: 50 }, { ok: 'saved', afterMs: 80 }, 'hang');
    const lost = scripted(
      { error: statusError(500), afterMs: 50 },
      { error: statusError(503), afterMs: 80 },
      { error: statusError(502), afterMs: 30 },
    );
    const [first, second] = [saved, lost].map(({ work }) => watched(policy.execute(work, { idempotent: true })));
    await advance(200);
    expect(first?.value).toBe('saved');
    expect(second?.value).toMatchObject({ status: 503 });
    expect(lost.contexts).toHaveLength(3);
  });

  test('every try passes the gates: no more run at a time than may', async () => {
    const policy = createPolicy({ hedge: { afterMs: 10, most: 5 }, bulkhead: 2 });
    const { work, contexts } = scripted({ ok: 'done', afterMs: 100 });
    const call = watched(policy.execute(work, { idempotent: true }));
    await advance(99);
    expect(contexts).toHaveLength(2);
    await advance(1);
    expect(call.value).toBe('done');
    // Those that waited in line have left it.
    await expect(Promise.all([1, 2].map(() => policy.execute(scripted({ ok: 'free' }).work)))).resolves.toEqual([
      'free',
      'free',
    ]);
  });

  test('an abort and the deadline stop all tries', async () => {
    const policy = createPolicy({ hedge: { afterMs: 10, most: 2 }, deadlineMs: 100, retry: 3 });
    const { work, contexts } = scripted('hang');
    const stop = new AbortController();
    const aborted = watched(policy.execute(work, { idempotent: true, signal: stop.signal }));
    await advance(50);
    stop.abort(new Error('stop'));
    await advance(0);
    expect(aborted.value).toMatchObject({ message: 'stop' });
    expect(contexts.map(({ signal }) => signal.aborted)).toEqual([true, true, true]);

    const late = watched(policy.execute(scripted('hang').work, { idempotent: true }));
    await advance(100);
    expect(late.value).toMatchObject({ code: 'QH_DEADLINE' });
    await advance(1_000);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('tries beside one another are one try for the retry', async () => {
    const policy = createPolicy({ hedge: { afterMs: 10, most: 3 }, retry: { retries: 1, baseMs: 10, jitter: 'none' } });
    const { work, contexts } = scripted({ error: statusError(500), afterMs: 60 });
    const call = watched(policy.execute(work, { idempotent: true }));
    await advance(500);
    expect(call.value).toMatchObject({ status: 500 });
    expect(contexts.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test('a retry follows when all tries have failed', async () => {
    const policy = createPolicy({ hedge: 50, retry: { retries: 1, baseMs: 10, jitter: 'none' } });
    const { work, contexts } = scripted({ error: codeError('ECONNREFUSED') }, { ok: 'back' });
    const call = watched(policy.execute(work, { idempotent: true }));
    await advance(10);
    expect(call.value).toBe('back');
    expect(contexts.map(({ attempt }) => attempt)).toEqual([1, 2]);
  });
});

describe('a fallback', () => {
  test('goes on without a feature, and the registry records what works less well', async () => {
    const registry = new Registry();
    const told: RegistryEvent[] = [];
    registry.on(event => told.push(event));
    const policy = createPolicy({ name: 'shop', fallback: degrade('recommendations', []) }, { registry });
    const events: PolicyEvent[] = [];
    const error = codeError('ECONNREFUSED');
    const call = () =>
      policy.execute<unknown>(scripted({ error }).work, { target: 'recs', onEvent: event => events.push(event) });
    expect(await call()).toEqual([]);
    await advance(1_000);
    expect(await call()).toEqual([]);
    expect(events.at(-1)).toEqual({ type: 'fallback', feature: 'recommendations', error });
    expect(registry.degradations()).toEqual([
      {
        feature: 'recommendations',
        policy: 'shop',
        target: 'recs',
        since: expect.stringMatching(/Z$/),
        lastAt: expect.stringMatching(/Z$/),
        times: 2,
        reason: 'it failed with ECONNREFUSED',
      },
    ]);
    const [degradation] = registry.degradations();
    expect(Date.parse(degradation?.lastAt ?? '') - Date.parse(degradation?.since ?? '')).toBe(1_000);
    expect(told.map(({ type }) => type)).toEqual(['degraded', 'degraded']);
    expect(registry.statistics()[0]).toMatchObject({ fallbacks: 2, calls: { failed: 2 } });
  });

  test.each<[string, Error]>([
    ['a mistake in the test', new TypeError('x')],
    ['a wrong request', statusError(400)],
    ['a credential', statusError(401)],
    ['a missing record', statusError(404)],
  ])('does not hide %s', async (_, error) => {
    const policy = createPolicy({ fallback: degrade('recommendations', []) });
    await expect(policy.execute(scripted({ error }).work)).rejects.toBe(error);
  });

  test('takes over where its own rule says so, and may be made of the error', async () => {
    const policy = createPolicy({
      fallback: { give: error => (error as { status: number }).status, when: (_, { blame }) => blame === 'data' },
    });
    await expect(policy.execute<unknown>(scripted({ error: statusError(404) }).work)).resolves.toBe(404);
    await expect(policy.execute(scripted({ error: statusError(500) }).work)).rejects.toMatchObject({ status: 500 });
  });

  test('also of an open breaker; never when the caller has aborted', async () => {
    const policy = createPolicy({ breaker: { consecutive: 1 }, fallback: degrade('search', 'nothing', () => true) });
    const call = () => policy.execute(scripted({ error: codeError('ECONNREFUSED') }).work);
    expect([await call(), await call()]).toEqual(['nothing', 'nothing']);
    const stop = new AbortController();
    const aborted = watched(policy.execute(scripted('hang').work, { signal: stop.signal, target: 'other' }));
    stop.abort(new Error('stop'));
    await advance(0);
    expect(aborted.value).toMatchObject({ message: 'stop' });
  });
});
