import { expect, test } from 'vitest';
import { isRecorded, runMode } from './mode.ts';

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

test.each([
  ['test', undefined, true],
  ['merge', '', true],
  ['interactive', undefined, false],
  ['interactive', '1', true],
  ['test', '0', false],
  ['list', '1', false],
] as const)('%s with QUALITY_HUB_RECORD=%s is recorded: %s', (mode, asked, recorded) => {
  expect(isRecorded(mode, { QUALITY_HUB_RECORD: asked })).toBe(recorded);
});

test('QUALITY_HUB_RECORD takes nothing but 0 and 1', () => {
  expect(() => isRecorded('test', { QUALITY_HUB_RECORD: 'yes' })).toThrow(
    expect.objectContaining({
      code: 'QH_OPTION',
      message: 'Environment: QUALITY_HUB_RECORD is "yes", expected 0 or 1',
    }),
  );
});
