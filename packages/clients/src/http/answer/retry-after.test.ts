import { expect, test } from 'vitest';
import { rateLimitOf, retryAfterMs } from './retry-after.ts';

const AT = Date.parse('2026-01-01T00:00:00Z');
const now = () => AT;

test.each([
  ['5', 5_000],
  [' 1.5 ', 1_500],
  ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
  ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
  ['soon', undefined],
])('Retry-After "%s" is %s', (text, expected) => {
  expect(retryAfterMs({ 'retry-after': text }, now)).toBe(expected);
});

test('there may be none', () => {
  expect([retryAfterMs({}, now), rateLimitOf({}, now)]).toEqual([undefined, undefined]);
});

test.each<[Record<string, string>, object]>([
  [
    { ratelimit: '"burst";r=3;t=9', 'ratelimit-policy': '"burst";q=100;w=60' },
    { limit: 100, remaining: 3, resetMs: 9_000 },
  ],
  [{ ratelimit: 'limit=10, remaining=0, reset=4' }, { limit: 10, remaining: 0, resetMs: 4_000 }],
  [
    { 'ratelimit-limit': '10', 'ratelimit-remaining': '1', 'ratelimit-reset': '7' },
    { limit: 10, remaining: 1, resetMs: 7_000 },
  ],
  [
    { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(AT / 1000 + 60) },
    { remaining: 0, resetMs: 60_000 },
  ],
  [{ 'x-ratelimit-reset': String(AT / 1000 - 60) }, { resetMs: 0 }],
  [{ 'x-rate-limit-remaining': '2' }, { remaining: 2 }],
  [{ 'ratelimit-limit': '100, 100;w=60' }, { limit: 100 }],
])('%j is %j', (headers, expected) => {
  expect(rateLimitOf(headers, now)).toEqual(expected);
});
