import { expect, test } from 'vitest';
import { sqliteFileTrouble } from './sqlite-file-trouble.ts';

test.each([
  [{ errcode: 5 }, 'busy'],
  [{ errcode: 517 }, 'busy'],
  [{ errcode: 6 }, 'busy'],
  [{ errcode: 11 }, 'damaged'],
  [{ errcode: 26 }, 'damaged'],
  [{ errcode: 13 }, 'full'],
  [{ errcode: 1032 }, 'no-access'],
  [{ errcode: 14 }, 'no-access'],
  [{ errcode: 19 }, 'other'],
  [{ code: 'EACCES' }, 'no-access'],
  [{ code: 'ENOSPC' }, 'full'],
  [{ code: 'ERR_INVALID_STATE' }, 'other'],
  [undefined, 'other'],
])('%j is %s', (error, trouble) => {
  expect(sqliteFileTrouble(error)).toBe(trouble);
});
