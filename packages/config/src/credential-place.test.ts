import { expect, test } from 'vitest';
import { isCredentialPlace } from './credential-place.ts';

test.each([
  [['adminPassword'], true],
  [['clients', 'pay', 'auth', 'key'], true],
  [['shop', 'users', 0, 'tokens', 1], true],
  [['shop', 'key'], false],
  [['secrets', 'refs', 'adminPassword'], false],
  [['secrets', 'refs', 'adminPassword', 'ref'], false],
])('%j holds a credential: %s', (path, holds) => expect(isCredentialPlace(path)).toBe(holds));
