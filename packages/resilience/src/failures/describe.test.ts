import { expect, test } from 'vitest';
import { createPolicy } from '../create-policy.ts';
import { BreakerOpenError } from '../errors.ts';
import { codeError, statusError } from '../testing/status-error.ts';
import { classify } from './classify.ts';
import { describe } from './describe.ts';
import { triedOf } from './tried.ts';

const failing = (error: unknown) => () => Promise.reject(error);

test('says what was done, to what, how often it was tried, and what to do', async () => {
  const policy = createPolicy({ retry: { retries: 2, baseMs: 1, maxMs: 1, jitter: 'none' } });
  const error = statusError(503);
  const call = describe('refund', { order: 17, buyer: undefined, sku: 'a-1' }, () =>
    policy.execute(failing(error), { idempotent: true }),
  );
  await expect(call).rejects.toMatchObject({
    name: 'DescribedError',
    code: 'QH_FAILED',
    message: 'refund (order 17, sku a-1): HTTP 503, after 3 attempts',
    hint: 'Look at the dependency: its log, its load, what it depends on itself',
    cause: error,
  });
});

test('with the time, where the policy has to do with time; nested, the attempts are told once', async () => {
  const policy = createPolicy({ deadlineMs: 5_000, retry: { retries: 1, baseMs: 1, maxMs: 1, jitter: 'none' } });
  const inner = () => describe('POST /refunds', {}, () => policy.execute(failing(codeError('ECONNREFUSED'))));
  const error: unknown = await describe('refund', { order: 17 }, inner).catch(error => error);
  expect((error as Error).message).toMatch(
    /^refund \(order 17\): POST \/refunds: it failed with ECONNREFUSED, after 2 attempts in \d+ ms$/,
  );
  expect(triedOf(error)).toMatchObject({ attempts: 2 });
});

test('means what the error means, and keeps the hint of an error of ours', async () => {
  const cause = new BreakerOpenError('shop', { reason: '5 failures in a row' });
  const error: unknown = await describe('buy', {}, failing(cause)).catch(error => error);
  expect(classify(error)).toEqual(classify(cause));
  expect(error).toMatchObject({ hint: cause.hint });
});

test.each([
  [statusError(401), /credential/],
  [statusError(404), /data/],
  [statusError(400), /asked for/],
  [codeError('ECONNRESET'), /the way there/],
])('the hint goes with whose failure it is: %s', async (cause, hint) => {
  await expect(describe('x', {}, failing(cause))).rejects.toMatchObject({ hint: expect.stringMatching(hint) });
});

test('what goes well comes back as it is, also without a promise', async () => {
  expect(await describe('x', {}, () => 7)).toBe(7);
});

test('a thrown text, and an error that is frozen, are described all the same', async () => {
  await expect(describe('x', {}, failing('no'))).rejects.toThrow('x: no');
  const policy = createPolicy({ retry: 1 });
  await expect(describe('x', {}, () => policy.execute(failing(Object.freeze(new Error('ice')))))).rejects.toThrow(
    'x: ice',
  );
});
