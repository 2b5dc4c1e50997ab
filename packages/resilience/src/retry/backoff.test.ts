import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { Backoff, type BackoffOptions, type Jitter } from './backoff.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** The delays of one call in which chance is always `random`. */
function delays(options: BackoffOptions, random: number, throttled: readonly boolean[]): readonly number[] {
  vi.spyOn(Math, 'random').mockReturnValue(random);
  const backoff = new Backoff(options);
  return throttled.map(one => backoff.nextMs(one));
}
const THREE = [false, false, false];

test.each<[Jitter, readonly number[], readonly number[]]>([
  ['full', [0, 0, 0], [99, 199, 399]],
  ['equal', [50, 100, 200], [99, 199, 399]],
  ['none', [100, 200, 400], [100, 200, 400]],
])('%s lies between %j and %j', (jitter, least, most) => {
  expect(delays({ jitter, baseMs: 100 }, 0, THREE)).toEqual(least);
  expect(delays({ jitter, baseMs: 100 }, 0.999, THREE)).toEqual(most);
});

test('decorrelated grows as the others do, without their steps', () => {
  const [first = 0, second = 0, third = 0] = delays({ jitter: 'decorrelated', baseMs: 100 }, 0.5, THREE);
  expect([first > 50 && first < 200, second > first, third > second]).toEqual([true, true, true]);
});

test('where calls were too many, the delay of the same step is at least half of it', () => {
  for (const jitter of ['full', 'equal'] as const) {
    expect(delays({ jitter, baseMs: 100 }, 0, [true, false, true])).toEqual([50, jitter === 'full' ? 0 : 100, 200]);
    expect(delays({ jitter, baseMs: 100 }, 0.999, [true])).toEqual([99]);
  }
  expect(delays({ jitter: 'decorrelated', baseMs: 100 }, 0, [false, true])).toEqual([0, 100]);
  expect(delays({ jitter: 'none', baseMs: 100 }, 0, [true])).toEqual([100]);
});

test('no delay is negative, endless or above the longest, however often it was tried', () => {
  fc.assert(
    fc.property(
      fc.constantFrom<Jitter>('full', 'equal', 'decorrelated', 'none'),
      fc.array(fc.boolean(), { minLength: 1, maxLength: 1_200 }),
      (jitter, throttled) => {
        const backoff = new Backoff({ jitter });
        for (const one of throttled) {
          const delayMs = backoff.nextMs(one);
          expect(delayMs >= 0 && delayMs <= 10_000).toBe(true);
        }
      },
    ),
  );
});
