import { expect, test } from 'vitest';
import { unsupportedVersion } from './versions.ts';

test('the floor itself and all above it are supported', () => {
  expect(unsupportedVersion('1.62.0', '22.19.0')).toBeUndefined();
  expect(unsupportedVersion('1.100.0', '24.0.0')).toBeUndefined();
  expect(unsupportedVersion('2.0.0', '26.1.0')).toBeUndefined();
});

test('below the floor one sentence says what is needed', () => {
  expect(unsupportedVersion('1.65.1', '20.20.2')).toContain('needs Node 22.19 or newer and this is 20.20.2');
  expect(unsupportedVersion('1.65.1', '22.18.0')).toContain('Node');
  expect(unsupportedVersion('1.61.9', '24.0.0')).toContain('needs Playwright 1.62 or newer and this is 1.61.9');
});
