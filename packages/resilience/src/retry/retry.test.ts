import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createPolicy } from '../create-policy.ts';
import { triedOf } from '../failures/tried.ts';
import type { PolicyEvent } from '../policy.ts';
import { scripted } from '../testing/scripted-work.ts';
import { watched } from '../testing/settled.ts';
import { codeError, statusError } from '../testing/status-error.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] }));
afterEach(() => vi.useRealTimers());

const advance = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const fixed = { retries: 2, baseMs: 100, jitter: 'none' } as const;

test('what is over soon is tried again, with a doubled delay each time', async () => {
  const events: PolicyEvent[] = [];
  const { work, contexts } = scripted({ error: statusError(503) }, { error: codeError('ECONNRESET') }, { ok: 'done' });
  const call = createPolicy({ retry: fixed }).execute(work, { idempotent: true, onEvent: event => events.push(event) });
  await advance(300);
  expect(await call).toBe('done');
  expect(contexts.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
  expect(events).toMatchObject([
    { type: 'attempt', attempt: 1, outcome: 'failed' },
    { type: 'wait', for: 'retry', waitMs: 100 },
    { type: 'attempt', attempt: 2, outcome: 'failed' },
    { type: 'wait', for: 'retry', waitMs: 200 },
    { type: 'attempt', attempt: 3, outcome: 'ok' },
  ]);
});

test('the last error comes back as it was thrown, and tells what was tried', async () => {
  const error = statusError(503);
  const { work } = scripted({ error });
  const call = watched(createPolicy({ retry: fixed, deadlineMs: 5_000 }).execute(work, { idempotent: true }));
  await advance(1_000);
  expect(call.value).toBe(error);
  expect(triedOf(error)).toEqual({ attempts: 3, durationMs: 300 });
  expect(Object.keys(error)).toEqual(['status']);
});

test.each<[string, Error, boolean, number]>([
  ['that may have been done, of work that must not be repeated', statusError(500), false, 1],
  ['that may have been done, of idempotent work', statusError(500), true, 3],
  ['that was certainly not done', codeError('ECONNREFUSED'), false, 3],
  ['that lasts', statusError(404), true, 1],
  ['of a credential', statusError(401), true, 1],
  ['that nobody knows', new TypeError('x is not a function'), true, 1],
])('a failure %s makes %#', async (_, error, idempotent, attempts) => {
  const { work, contexts } = scripted({ error });
  const call = watched(createPolicy({ retry: fixed }).execute(work, { idempotent }));
  await advance(1_000);
  expect(call.value).toBe(error);
  expect(contexts).toHaveLength(attempts);
});

test('Retry-After is the least delay, and fails the call now where it is past the deadline', async () => {
  const { work, contexts } = scripted({ error: statusError(429, { retryAfterMs: 700 }) }, {});
  const policy = createPolicy({ retry: fixed, deadlineMs: 1_000 });
  const patient = watched(policy.execute(work));
  await advance(699);
  expect(contexts).toHaveLength(1);
  await advance(1);
  expect(patient.state).toBe('fulfilled');

  const events: PolicyEvent[] = [];
  const impatient = watched(
    policy.execute(scripted({ error: statusError(429, { retryAfterMs: 1_000 }) }).work, {
      onEvent: event => events.push(event),
    }),
  );
  await advance(0);
  expect(impatient).toMatchObject({ state: 'rejected', value: { status: 429 } });
  expect(events.at(-1)).toEqual({ type: 'refused', by: 'deadline' });
});

test('retries are a part of all calls: without budget a call fails with what it has', async () => {
  const policy = createPolicy({ retry: { ...fixed, retries: 1, budget: { ratio01: 0.1, reserve: 2 } } });
  const attempts: number[] = [];
  for (let call = 0; call < 23; call++) {
    const { work, contexts } = scripted({ error: codeError('ECONNREFUSED') });
    const events: PolicyEvent[] = [];
    const done = watched(policy.execute(work, { onEvent: event => events.push(event) }));
    await advance(200);
    expect(done.state).toBe('rejected');
    attempts.push(contexts.length);
    if (contexts.length === 1) expect(events.at(-1)).toEqual({ type: 'refused', by: 'retry-budget' });
  }
  // Two are free at the start; then every tenth call has earned one.
  expect(attempts.filter(count => count === 2)).toHaveLength(4);
  expect(attempts.slice(0, 2)).toEqual([2, 2]);
});

test('a hook signs in again before a credential is tried again', async () => {
  let token = 'old';
  const done: string[] = [];
  const policy = createPolicy({
    retry: { ...fixed, alsoOn: ['credential'] },
    hooks: {
      beforeRetry: async ({ attempt, failure }) => {
        done.push(`${attempt} ${failure.blame}`);
        await new Promise(resolve => setTimeout(resolve, 20));
        token = 'new';
      },
    },
  });
  const call = policy.execute(async () => {
    if (token === 'old') throw statusError(401);
    return token;
  });
  await advance(200);
  expect(await call).toBe('new');
  expect(done).toEqual(['1 credential']);
});

test('a hook that fails fails the call, and names both errors', async () => {
  const policy = createPolicy({
    retry: fixed,
    hooks: { beforeRetry: () => Promise.reject(new Error('the login is locked')) },
  });
  const call = watched(
    policy.execute(scripted({ error: statusError(503) }).work, { idempotent: true, doing: 'GET /a' }),
  );
  await advance(200);
  expect(call.value).toMatchObject({
    code: 'QH_RECOVERY',
    message: 'GET /a: attempt 1 failed (HTTP 503), and so did what should be done before the next: the login is locked',
    error: { status: 503 },
    cause: { message: 'the login is locked' },
    hint: expect.stringContaining('beforeRetry'),
  });
});

test('a hook that hangs ends with the call, and its signal tells it', async () => {
  let signal: AbortSignal | undefined;
  const policy = createPolicy({
    deadlineMs: 500,
    retry: fixed,
    hooks: {
      beforeRetry: (_, given) => {
        signal = given;
        return new Promise(() => {});
      },
    },
  });
  const call = watched(policy.execute(scripted({ error: statusError(503) }).work, { idempotent: true }));
  await advance(500);
  expect(call.value).toMatchObject({ code: 'QH_DEADLINE' });
  expect(signal?.aborted).toBe(true);
});

test('the last word is that of `when`', async () => {
  const { work, contexts } = scripted({ error: new TypeError('x') }, { error: codeError('ECONNREFUSED') });
  const policy = createPolicy({
    retry: {
      ...fixed,
      when: ({ failure }) => (failure.blame === 'network' ? false : failure.blame === 'caller' || undefined),
    },
  });
  const call = watched(policy.execute(work));
  await advance(500);
  expect(contexts).toHaveLength(2);
  expect(call.value).toMatchObject({ code: 'ECONNREFUSED' });
});
