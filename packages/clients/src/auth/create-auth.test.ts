import { createPolicy } from '@quality-hub/resilience';
import { expect, test } from 'vitest';
import { type AuthSection, bearerAuth, type CallRecord, createAuth, createHttpClient, isAuth } from '../index.ts';
import { json, startFaulty } from '../testing/faulty-server.ts';

test.each<[AuthSection, Record<string, unknown>]>([
  [{ kind: 'basic', user: 'ada', password: () => 'x' }, { authorization: 'Basic YWRhOng=' }],
  [{ kind: 'bearer', token: { reveal: () => 'token-1' } }, { authorization: 'Bearer token-1' }],
  [{ kind: 'apiKey', key: 'k-1', header: 'X-Key' }, { 'x-key': 'k-1' }],
  [
    {
      kind: 'aws',
      region: 'eu-west-1',
      service: 'sns',
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret-of-aws' },
    },
    { authorization: expect.stringMatching(/^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/) },
  ],
])('plain data of kind $kind signs requests', async (section, headers) => {
  await using server = await startFaulty();
  await using api = createHttpClient({ baseURL: server.url, auth: createAuth(section) });
  await api.get('/');
  expect(server.asked[0]?.headers).toMatchObject(headers);
});

test('what is auth already is told from data for it', () => {
  expect([isAuth(bearerAuth('x')), isAuth({ kind: 'bearer', token: 'x' })]).toEqual([true, false]);
});

test.each([
  [{ kind: 'bearre', token: 'x' }, 'there is no kind "bearre"; did you mean "bearer"?'],
  [{ kind: 'x' }, 'there is no kind "x"; there are basic, bearer, apiKey, aws, oauth'],
  [{ kind: 'basic', user: 'a', pasword: 'x' }, 'basic has no password'],
  [{ kind: 'basic', user: 'a', pasword: 'x' }, 'there is no option "pasword" of basic, did you mean "password"?'],
  [{ kind: 'oauth', issuer: 'https://login.example', clientId: 'c', clientSecre: 'x' }, 'did you mean "clientSecret"?'],
])('%j is refused: %s', (section, message) => {
  expect(() => createAuth(section as AuthSection)).toThrow(
    expect.objectContaining({ code: 'QH_OPTION', message: expect.stringContaining(message) }),
  );
});

test('requests for a token are told as calls, without a secret, and a bad moment of the server costs a retry', async () => {
  await using front = await startFaulty(json({ error: 'temporarily_unavailable' }, 503));
  const calls: CallRecord[] = [];
  const section: AuthSection = {
    kind: 'oauth',
    issuer: front.url,
    endpoints: { token: `${front.url}/token` },
    clientId: 'machine',
    clientSecret: 'machine-secret-0123456789',
  };
  front.next(
    json({ error: 'temporarily_unavailable' }, 503),
    json({ access_token: 'token-of-the-machine', token_type: 'bearer', expires_in: 100 }),
  );
  const auth = createAuth(section, {
    name: 'shop sign-in',
    policy: createPolicy({ name: 'shop sign-in', retry: { retries: 2, baseMs: 1 } }),
    observe: call => void calls.push(call),
  });
  await using shop = await startFaulty();
  await using api = createHttpClient({ baseURL: shop.url, auth });
  await api.get('/');
  expect(shop.asked[0]?.headers.authorization).toBe('Bearer token-of-the-machine');
  expect(calls.map(call => call.evidence())).toEqual([
    expect.objectContaining({ dependency: 'shop sign-in', operation: 'POST /token', outcome: 'ok', attempts: 2 }),
  ]);
  const shown = JSON.stringify(calls.map(call => [call.exchange(), call.toHar(), call.toCurl()]));
  expect(shown).not.toMatch(/token-of-the-machine|machine-secret|bWFjaGluZT/);

  const refused = createAuth(section, { observe: call => void calls.push(call) });
  await using other = createHttpClient({ baseURL: shop.url, auth: refused });
  front.next(json({ error: 'invalid_client' }, 401));
  await expect(other.get('/')).rejects.toMatchObject({ code: 'QH_AUTH', reason: 'invalid_client' });
  expect(calls.at(-1)?.evidence()).toMatchObject({ dependency: 'sign-in', outcome: 'failed', status: 401 });
});
