import { expect, test } from 'vitest';
import { closestName } from './closest-name.ts';

test('a misspelt name finds the one that was meant', () => {
  expect(closestName('retires', ['retry', 'retries', 'timeout'])).toBe('retries');
  expect(closestName('RETRIES', ['retries'])).toBe('retries');
  expect(closestName('of', ['on', 'off'])).toBe('on');
});

test('a name that is far from all finds none', () => {
  expect(closestName('database', ['retries', 'timeout'])).toBeUndefined();
  expect(closestName('x', [])).toBeUndefined();
});

test('a short word may only differ a little', () => {
  expect(closestName('a', ['xyz'])).toBeUndefined();
  expect(closestName('abc', ['axy'])).toBeUndefined();
});
