import { expect, test } from 'vitest';
import { checkOptions } from './options.ts';

test('nothing given means the defaults, and what Playwright adds is not ours', () => {
  expect(checkOptions({ configDir: '/x', _mode: 'test', _commandHash: 'a', onlyFailures: false })).toEqual({
    project: 'default',
    hub: 'embedded',
    strict: false,
    finishTimeoutMs: 10_000,
    mask: { values: [], env: [] },
  });
});

test('every wrong name and value is listed at once, secrets are not', () => {
  const wrong = { projct: 'x', hub: 'none', mask: { values: ['hidden-value', 3] }, finishTimeoutMs: -1, zebra: 1 };
  expect(() => checkOptions(wrong)).toThrow(expect.objectContaining({ code: 'QH_OPTION' }));
  try {
    checkOptions(wrong);
  } catch (error) {
    const { message } = error as Error;
    expect(message).toContain("unknown option 'projct', did you mean 'project'?");
    expect(message).toContain("'hub' is \"none\", expected 'embedded' or 'off'");
    expect(message).toContain("'mask' is { values }, expected { values?: string[], env?: string[] }");
    expect(message).toContain("'finishTimeoutMs' is -1");
    expect(message).toContain("unknown option 'zebra', known are project");
    expect(message).not.toContain('hidden-value');
  }
});
