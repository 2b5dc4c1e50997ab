import { ConsecutiveBreaker } from 'cockatiel';
import { describe, expect, test } from 'vitest';
import { createPolicy } from './create-policy.ts';
import type { PolicyOptions } from './options.ts';
import { policiesSchema, policyOptionsOf, policySchema } from './schema.ts';

const GOOD: readonly PolicyOptions[] = [
  {},
  { retry: 0 },
  { retry: 2, breaker: 'per-host' },
  {
    deadlineMs: 30_000,
    timeoutMs: 5_000,
    retry: 3,
    breaker: true,
    rateLimit: 'adaptive',
    bulkhead: 10,
    quota: 100,
    hedge: 50,
  },
  {
    retry: { retries: 2, baseMs: 0.5, maxMs: 10, jitter: 'equal', alsoOn: ['credential'], budget: false },
    breaker: {
      consecutive: 3,
      openMs: 10,
      maxOpenMs: 20,
      halfOpen: { calls: 3, failures01: 0.3, timeoutMs: 5 },
      per: 'policy',
    },
    rateLimit: { calls: 0.5, perMs: 1_000, burst: 1, maxWaitMs: 10 },
    bulkhead: { concurrent: 1, queue: 0 },
    quota: { calls: 1 },
    hedge: { afterMs: 5, most: 2 },
  },
  {
    breaker: { failures: { ratio01: 0.5, overMs: 1_000, atLeastCalls: 40 }, slow: { slowerThanMs: 10, overCalls: 5 } },
  },
  { retry: { budget: { ratio01: 1, reserve: 0, most: 1 } }, breaker: false },
];

const BAD: readonly (readonly [unknown, string])[] = [
  [{ deadlineMs: 0 }, 'deadlineMs is 0, expected milliseconds, more than 0'],
  [{ deadlineMs: Number.POSITIVE_INFINITY }, 'deadlineMs is Infinity, expected milliseconds, more than 0'],
  [{ timeoutMs: '5s' }, 'timeoutMs is "5s", expected milliseconds, more than 0'],
  [{ retry: -1 }, 'retry is -1, expected a whole number from 0'],
  [{ retry: 1.5 }, 'retry is 1.5, expected a whole number from 0'],
  [{ retry: 'twice' }, 'retry is "twice", expected an object'],
  [{ retry: { retires: 3 } }, 'retry.retires is no option; did you mean retries?'],
  [{ retry: { jitter: 'some' } }, 'retry.jitter is "some", expected "full", "equal", "decorrelated", "none"'],
  [
    { retry: { alsoOn: ['me'] } },
    'retry.alsoOn[0] is "me", expected "caller", "dependency", "network", "data", "credential"',
  ],
  [{ retry: { alsoOn: 'data' } }, 'retry.alsoOn is "data", expected a list'],
  [{ retry: { budget: true } }, 'retry.budget is true, expected false'],
  [{ breaker: 'per-hosts' }, 'breaker is "per-hosts", expected true, false, "per-target", "per-host"'],
  [{ breaker: { consecutive: 0 } }, 'breaker.consecutive is 0, expected a whole number from 1'],
  [{ breaker: { slow: { overCalls: 5 } } }, 'breaker.slow.slowerThanMs is missing'],
  [{ breaker: { failures: { ratio01: 1 } } }, 'breaker.failures.ratio01 is 1, expected more than 0, under 1'],
  [
    { breaker: { failures: { overCalls: 5, overMs: 5 } } },
    'breaker.failures has overCalls and overMs, expected one of them',
  ],
  [{ breaker: { halfOpen: { calls: 0 } } }, 'breaker.halfOpen.calls is 0, expected a whole number from 1'],
  [{ breaker: { per: 'test' } }, 'breaker.per is "test", expected "target", "host", "policy"'],
  [{ rateLimit: 5 }, 'rateLimit is 5, expected "adaptive"'],
  [{ rateLimit: { calls: 0 } }, 'rateLimit.calls is 0, expected a number above 0'],
  [{ bulkhead: {} }, 'bulkhead.concurrent is missing'],
  [{ bulkhead: null }, 'bulkhead is null, expected an object'],
  [{ bulkhead: [] }, 'bulkhead is a list, expected an object'],
  [{ quota: 0 }, 'quota is 0, expected a whole number from 1'],
  [{ hedge: { most: 1 } }, 'hedge.afterMs is missing'],
  [{ brekaer: true }, 'brekaer is no option; did you mean breaker?'],
  [{ constructor: 1 }, 'constructor is no option; options are name, fallback, deadlineMs,'],
];

test.each(GOOD.map((options, index) => [index, options] as const))('good options are taken: %#', (_, options) => {
  expect(() => createPolicy(options)).not.toThrow();
  expect(policySchema.safeParse(options).success).toBe(true);
});

test.each(BAD)('%j is refused in code and in a configuration', (options, problem) => {
  expect(() => createPolicy(options as PolicyOptions)).toThrow(
    expect.objectContaining({ code: 'QH_OPTION', message: expect.stringContaining(`Policy "default": ${problem}`) }),
  );
  expect(policySchema.safeParse(options).success).toBe(false);
});

describe('in code', () => {
  test.each<[unknown, string]>([
    [{ hooks: { beforeRetry: 1 } }, 'hooks.beforeRetry is 1, expected a function'],
    [{ fallback: {} }, 'fallback.give is missing'],
    [{ name: '' }, 'name is "", expected a text'],
    [
      { breaker: { failures: { atLeastCalls: 21 } } },
      'breaker.failures.atLeastCalls is 21, more than the window ever holds',
    ],
    [{ deadlineMs: 10, timeoutMs: 11 }, 'timeoutMs is 11, more than the deadlineMs of 10: it would never count'],
    [() => {}, ' is a function, expected an object'],
  ])('%j', (options, problem) => expect(() => createPolicy(options as PolicyOptions)).toThrow(problem));

  test('all problems are told at once', () => {
    expect(() => createPolicy({ name: 'shop', retry: -1, bulkhead: 0, breaker: { openMs: -5 } })).toThrow(
      'Policy "shop": retry is -1, expected a whole number from 0; bulkhead is 0, expected a whole number from 1; breaker.openMs is -5, expected milliseconds, more than 0',
    );
  });
});

test('a configuration names its policies, and holds functions where createPolicy takes them', () => {
  expect(policiesSchema.parse({ payments: { retry: 2 } })).toEqual({ payments: { retry: 2 } });
  expect(policiesSchema.safeParse({ '': {} }).success).toBe(false);
  const give = () => 'instead';
  const withFunctions = {
    fallback: { feature: 'stars', give, when: () => true },
    hooks: { beforeRetry: give, onOpen: give, onRecover: give },
    retry: { when: () => true },
    breaker: { rule: () => new ConsecutiveBreaker(1) },
  };
  expect(policySchema.parse(withFunctions)).toEqual(withFunctions);
  expect(createPolicy(policyOptionsOf('payments', policySchema.parse(withFunctions))).name).toBe('payments');
  for (const wrong of [{ hooks: { onOpen: 'x' } }, { fallback: {} }, { retry: { when: 1 } }, { breaker: { rule: {} } }])
    expect(policySchema.safeParse(wrong).success).toBe(false);
});

test('a section becomes options, also where something in it is undefined', async () => {
  const section = policySchema.parse({
    retry: { retries: 1, jitter: undefined },
    hedge: { afterMs: 5, most: undefined },
  });
  const policy = createPolicy(policyOptionsOf('payments', section));
  expect(policy.name).toBe('payments');
  const work = () => new Promise<string>(resolve => setTimeout(resolve, 20, 'ok'));
  expect(await policy.execute(work, { idempotent: true })).toBe('ok');
});
