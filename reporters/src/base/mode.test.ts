import { expect, test } from 'vitest';
import { runMode } from './mode.ts';

test.each([
  [['node', 'cli.js', 'test'], 'test'],
  [['node', 'cli.js', 'test', '--ui'], 'interactive'],
  [['node', 'cli.js', 'test', '--ui-port=0'], 'interactive'],
  [['node', 'cli.js', 'test', '--update-snapshots'], 'test'],
  [['node', 'cli.js', 'test-server'], 'interactive'],
  [[], 'interactive'],
])('%j is %s', (argv, mode) => {
  expect(runMode('test', { argv })).toBe(mode);
});

test('listing and merging are told by Playwright', () => {
  expect(runMode('list', { argv: [] })).toBe('list');
  expect(runMode('merge', { argv: [] })).toBe('merge');
});
