import { describe, expect, test } from 'vitest';
import { readLimitHeaders, retryAfterMs } from './limit-headers.ts';

const NOW = Date.parse('2026-03-01T12:00:00.000Z');
const read = (values: Record<string, string>) => readLimitHeaders(name => values[name], NOW);

describe('Retry-After', () => {
  test.each<[string | null | undefined, number | undefined]>([
    ['120', 120_000],
    [' 0 ', 0],
    ['1.5', 1_500],
    ['Sun, 01 Mar 2026 12:00:30 GMT', 30_000],
    ['Sun, 01 Mar 2026 11:00:00 GMT', 0],
    ['soon', undefined],
    ['', undefined],
    [null, undefined],
    [undefined, undefined],
  ])('%s', (value, expected) => expect(retryAfterMs(value, NOW)).toBe(expected));
});

test.each<[string, Record<string, string>, object]>([
  ['nothing', {}, {}],
  ['the newest draft', { ratelimit: '"default";r=5;t=30' }, { remaining: 5, resetMs: 30_000 }],
  [
    'of several policies the first',
    { ratelimit: '"burst";r=1;t=2, "day";r=900;t=3600' },
    { remaining: 1, resetMs: 2_000 },
  ],
  [
    'the older draft',
    { 'ratelimit-limit': '10', 'ratelimit-remaining': '3', 'ratelimit-reset': '7' },
    { remaining: 3, resetMs: 7_000 },
  ],
  ['X- with a length', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1.5' }, { remaining: 0, resetMs: 1_500 }],
  [
    'X- with seconds since 1970',
    { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW / 1000 + 9) },
    { remaining: 0, resetMs: 9_000 },
  ],
  [
    'X- with milliseconds since 1970',
    { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW + 250) },
    { remaining: 0, resetMs: 250 },
  ],
  [
    'a reset that is past',
    { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW / 1000 - 60) },
    { remaining: 0, resetMs: 0 },
  ],
  ['what is no number', { 'ratelimit-remaining': 'many', 'ratelimit-reset': '-1' }, {}],
  [
    'both',
    { 'retry-after': '3', 'ratelimit-remaining': '0', 'ratelimit-reset': '9' },
    { retryAfterMs: 3_000, remaining: 0, resetMs: 9_000 },
  ],
])('%s', (_, values, expected) => expect(read(values)).toEqual(expected));
