import { expect, test } from 'vitest';
import { cleanEnvironment } from './clean-environment.ts';

test('what CI, an outer run and a test runner set is removed, the rest stays', () => {
  const outer = {
    PATH: '/bin',
    HOME: '/home/me',
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    QUALITY_HUB_DIR: '/outer',
    QUALITY_HUB_HANDOFF: '{}',
    TEST_WORKER_INDEX: '3',
    VITEST: 'true',
    NO_COLOR: '1',
    PLAYWRIGHT_HTML_OPEN: 'never',
    PLAYWRIGHT_BROWSERS_PATH: '/browsers',
    CITY: 'Bern',
  };
  expect(cleanEnvironment(outer)).toEqual({
    PATH: '/bin',
    HOME: '/home/me',
    PLAYWRIGHT_BROWSERS_PATH: '/browsers',
    CITY: 'Bern',
    FORCE_COLOR: '0',
  });
});

test('given variables win, and undefined removes one', () => {
  expect(cleanEnvironment({ PATH: '/bin', HOME: '/h' }, { CI: '1', HOME: undefined, FORCE_COLOR: undefined })).toEqual({
    PATH: '/bin',
    CI: '1',
  });
});
