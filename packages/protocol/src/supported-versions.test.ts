import { expect, test } from 'vitest';
import { isAtLeast, whyUnsupported } from './supported-versions.ts';

test('the oldest versions and all newer ones are supported', () => {
  expect(whyUnsupported({ node: '22.19.0', playwright: '1.62.0' })).toBeUndefined();
  expect(whyUnsupported({ node: '24.21.0', playwright: '1.100.0' })).toBeUndefined();
  expect(whyUnsupported({ node: '26.0.0', playwright: '2.0.0' })).toBeUndefined();
});

test('an old Node and an old Playwright are named in one sentence each', () => {
  expect(whyUnsupported({ node: '20.20.0', playwright: '1.65.1' })).toBe(
    'Nothing is recorded: Node 22.19 or newer is needed, and this is 20.20.0. The tests run as before.',
  );
  expect(whyUnsupported({ node: '22.18.0', playwright: '1.65.1' })).toContain('Node');
  expect(whyUnsupported({ node: '22.19.0', playwright: '1.61.2' })).toContain(
    'Playwright 1.62 or newer is needed, and this is 1.61.2',
  );
});

test('versions compare by number', () => {
  expect(isAtLeast('1.100.0', '1.62.0')).toBe(true);
  expect(isAtLeast('1.62.0-beta', '1.62')).toBe(true);
  expect(isAtLeast('1.61.9', '1.62.0')).toBe(false);
  expect(isAtLeast('2', '1.62.0')).toBe(true);
});
