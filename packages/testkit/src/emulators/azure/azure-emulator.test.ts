import { expect, test } from 'vitest';
import { FakeClock } from '../../fake-clock.ts';
import { type AzureEmulator, startAzureEmulator } from './azure-emulator.ts';

const SCOPE = 'https://vault.azure.net/.default';

async function ask(azure: AzureEmulator, method: string, path: string, token: string, body?: object, version = '7.6') {
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'x-ms-client-request-id': 'mine',
  };
  // As the SDK sends it: its name encoded.
  const url = `${azure.url}${path}?api%2Dversion=${version}`;
  const answer = await fetch(url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text === '' ? undefined : JSON.parse(text) };
}

test('who brings no token is told where to get one, before anything else is looked at', async () => {
  await using azure = await startAzureEmulator();
  const answer = await fetch(`${azure.url}/secrets/bad_name/`);
  expect(answer.status).toBe(401);
  expect(answer.headers.get('www-authenticate')).toBe(
    `Bearer authorization="https://login.microsoftonline.com/${azure.tenant}", resource="https://vault.azure.net"`,
  );
  expect(await answer.json()).toEqual({
    error: { code: 'Unauthorized', message: 'AKV10000: Request is missing a Bearer or PoP token.' },
  });
});

test('a token ends by the clock, and has to show more when that is asked for', async () => {
  const clock = new FakeClock();
  await using azure = await startAzureEmulator({ now: clock.now });
  const credential = azure.credential({ ttlS: 60 });
  const { token } = await credential.getToken(SCOPE);
  expect((await ask(azure, 'GET', '/secrets', token)).body).toEqual({ value: [], nextLink: null });
  azure.demandClaims();
  expect((await ask(azure, 'GET', '/secrets', token)).headers.get('www-authenticate')).toMatch(
    /error="insufficient_claims", claims="[\w=]+"/,
  );
  const next = (await credential.getToken(SCOPE)).token;
  expect((await ask(azure, 'GET', '/secrets', next)).status).toBe(200);
  clock.advance(61_000);
  expect((await ask(azure, 'GET', '/secrets', next)).body.error.message).toContain('AKV10046');
  await expect(credential.getToken('https://graph.microsoft.com/.default')).rejects.toThrow('was asked for');
  expect(azure.tokensGiven).toBe(2);
});

test('secrets are written, changed, deleted, recovered and purged, with the words of the service', async () => {
  const clock = new FakeClock();
  await using azure = await startAzureEmulator({ now: clock.now });
  const { token } = await azure.credential().getToken(SCOPE);
  const call = (method: string, path: string, body?: object) => ask(azure, method, path, token, body);
  const { body, headers } = await call('PUT', '/secrets/a', {
    value: '1',
    contentType: 'text/plain',
    tags: { owner: 'qa' },
  });
  expect(body).toMatchObject({
    value: '1',
    contentType: 'text/plain',
    tags: { owner: 'qa' },
    attributes: { enabled: true, created: 1_767_225_600, recoverableDays: 90 },
  });
  expect(body.id).toMatch(/\/secrets\/a\/[0-9a-f]{32}$/);
  expect([headers.get('x-ms-client-request-id'), headers.get('x-ms-keyvault-region')]).toEqual(['mine', 'westeurope']);
  expect((await call('GET', '/secrets/a/')).body.value).toBe('1');
  const missing = await call('GET', '/secrets/b/');
  expect(missing.status).toBe(404);
  expect(missing.body.error).toMatchObject({
    code: 'SecretNotFound',
    message: expect.stringContaining('(name/id) b was not found in this key vault'),
  });
  expect((await call('PUT', '/secrets/a', {})).body.error.code).toBe('BadParameter');
  expect((await call('PUT', '/secrets/a', { value: 'x'.repeat(25_601) })).status).toBe(400);
  expect((await call('GET', '/secrets/a_b/')).status).toBe(400);
  expect((await ask(azure, 'GET', '/secrets/a/', token, undefined, '1.0')).body.error.code).toBe('BadParameter');
  expect((await call('POST', '/secrets/a/', {})).status).toBe(405);
  expect((await call('GET', '/keys/a')).status).toBe(404);
  const id = body.id.split('/').at(-1);
  await call('PATCH', `/secrets/a/${id}`, { attributes: { enabled: false, nbf: 1, exp: 2 } });
  expect((await call('GET', `/secrets/a/${id}`)).body.error).toMatchObject({
    code: 'Forbidden',
    innererror: { code: 'SecretDisabled' },
  });
  expect((await call('GET', '/secrets/a/versions')).body.value[0].attributes).toMatchObject({
    enabled: false,
    nbf: 1,
    exp: 2,
  });
  expect((await call('GET', '/secrets/none/versions')).body.value).toEqual([]);
  await call('DELETE', '/secrets/a');
  expect((await call('PUT', '/secrets/a', { value: '2' })).body.error.innererror.code).toBe(
    'ObjectIsDeletedButRecoverable',
  );
  expect((await call('GET', '/deletedsecrets/a')).body).toMatchObject({
    recoveryId: expect.stringContaining('/deletedsecrets/a'),
  });
  await call('POST', '/deletedsecrets/a/recover');
  expect((await call('GET', '/deletedsecrets/a')).status).toBe(404);
  await call('DELETE', '/secrets/a');
  expect((await call('DELETE', '/deletedsecrets/a')).status).toBe(204);
});

test('a fault is met in its turn: another answer, a lost one, one that never comes', async () => {
  await using azure = await startAzureEmulator();
  const { token } = await azure.credential().getToken(SCOPE);
  const put = () => ask(azure, 'PUT', '/secrets/a', token, { value: '1' });
  azure.fault({
    act: { status: 503, headers: { 'retry-after': '1' }, body: {} },
    times: 2,
    when: ({ method }) => method === 'PUT',
  });
  azure.fault({ act: 'lost', when: ({ method }) => method === 'PUT' });
  azure.fault({ act: 'cut' });
  expect([(await put()).status, (await put()).status]).toEqual([503, 503]);
  await expect(put()).rejects.toThrow();
  await expect(put()).rejects.toThrow();
  // The lost one was done, the one that was cut was not.
  expect((await ask(azure, 'GET', '/secrets/a/versions', token)).body.value).toHaveLength(1);
  expect(azure.requests).toHaveLength(5);
});
