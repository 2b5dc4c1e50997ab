import { expect, test } from 'vitest';
import { checkSealOptions } from './options.ts';

test('wrong options are told at once', () => {
  expect(checkSealOptions({ configDir: '/x', _mode: 'test' })).toEqual({
    patterns: 'warn',
    budgetMs: 120_000,
    paths: [],
  });
  expect(() => checkSealOptions({ verfy: 'fail', budgetMs: 1, paths: [''] })).toThrow(
    expect.objectContaining({
      code: 'QH_OPTION',
      message:
        "Options of @quality-hub/reporters/seal: unknown option 'verfy', did you mean 'verify'?; 'budgetMs' is 1, expected a number of milliseconds from 1000 to 3600000; 'paths' is [\"\"], expected a list of paths",
    }),
  );
});
