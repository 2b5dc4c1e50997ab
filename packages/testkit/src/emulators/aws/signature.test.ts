import { expect, test } from 'vitest';
import type { EmulatedRequest } from '../emulator-server.ts';
import { checkSignature } from './signature.ts';

/** The request `get-vanilla` of the suite that AWS published for version 4. */
const key = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const at = Date.parse('2015-08-30T12:36:00Z');
const SIGNATURE = '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31';

function vanilla(changes: Readonly<Record<string, string>> = {}): EmulatedRequest {
  const scope = 'Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request';
  return {
    method: 'GET',
    path: '/',
    query: new URLSearchParams(),
    rawQuery: '',
    body: Buffer.alloc(0),
    headers: {
      host: 'example.amazonaws.com',
      'x-amz-date': '20150830T123600Z',
      authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host;x-amz-date, Signature=${SIGNATURE}`,
      ...changes,
    },
  };
}

test('the signature that AWS has published is right, and one of another host is not', () => {
  expect(checkSignature(vanilla(), [key], at)).toBe(key);
  expect(checkSignature(vanilla({ host: 'other.amazonaws.com' }), [key], at)).toMatchObject({
    type: 'InvalidSignatureException',
  });
  expect(checkSignature({ ...vanilla(), body: Buffer.from('x') }, [key], at)).toMatchObject({
    type: 'InvalidSignatureException',
  });
});

test.each([
  ['another key', {}, at, [{ ...key, secretAccessKey: 'x' }], 'InvalidSignatureException'],
  ['no such key', {}, at, [], 'UnrecognizedClientException'],
  ['a key that is over', {}, at, [{ ...key, expiresAt: at }], 'ExpiredTokenException'],
  ['a token that is missing', {}, at, [{ ...key, sessionToken: 't' }], 'UnrecognizedClientException'],
  ['another form', { authorization: 'Bearer x' }, at, [key], 'IncompleteSignatureException'],
  ['five minutes and more', {}, at + 300_001, [key], 'InvalidSignatureException'],
  ['five minutes before', {}, at - 300_001, [key], 'InvalidSignatureException'],
])('%s is told in the words of AWS', (_, changes, now, keys, type) => {
  expect(checkSignature(vanilla(changes), keys, now)).toMatchObject({ type });
});

test('without a signature, and with a wrong clock, the answer says so', () => {
  const { authorization: _, ...headers } = vanilla().headers;
  expect(checkSignature({ ...vanilla(), headers }, [key], at)).toMatchObject({
    status: 403,
    type: 'MissingAuthenticationTokenException',
  });
  expect(checkSignature(vanilla(), [key], at + 3_600_000)).toMatchObject({
    message: 'Signature expired: 20150830T123600Z is now earlier than 20150830T133100Z (20150830T133600Z - 5 min.)',
  });
});
