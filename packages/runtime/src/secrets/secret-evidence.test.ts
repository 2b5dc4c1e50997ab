import { SecretError } from '@quality-hub/protocol';
import { expect, it } from 'vitest';
import { failedRead } from './secret-evidence.ts';

it('why a secret could not be read, and what to do, are told apart', () => {
  const error = new SecretError('QH_SECRET_AUTH', 'its key is not there', 'Set the passphrase');
  expect(failedRead('key', 'kept', error)).toEqual({
    kind: 'secret',
    name: 'key',
    outcome: 'denied',
    store: 'kept',
    detail: 'its key is not there',
    hint: 'Set the passphrase',
  });
});

it('whatever was thrown is told', () => {
  expect(failedRead('key', undefined, 'gone')).toMatchObject({ outcome: 'unreachable', detail: 'gone' });
});
