import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeClock } from '../../fake-clock.ts';
import { type AzureEmulator, startAzureEmulator } from './azure-emulator.ts';

let clock: FakeClock;
let azure: AzureEmulator;
beforeEach(async () => {
  clock = new FakeClock();
  azure = await startAzureEmulator({ now: clock.now });
});
afterEach(() => azure.close());

const SCOPE = 'https://vault.azure.net/.default';

async function signIn(form: Readonly<Record<string, string>>, tenant = azure.tenant) {
  const body = new URLSearchParams({ grant_type: 'client_credentials', scope: SCOPE, ...form });
  const answer = await fetch(`${azure.url}/${tenant}/oauth2/v2.0/token`, { method: 'POST', body });
  return { status: answer.status, body: await answer.json() };
}

test('an application gets a token for its secret or for what it trusts, and the vault believes it', async () => {
  azure.addApp({
    clientId: 'a',
    secret: 's',
    secretEndsAt: clock.now() + 60_000,
    trusts: assertion => assertion === 'jwt',
  });
  const { body } = await signIn({ client_id: 'a', client_secret: 's' });
  expect(body).toEqual({
    token_type: 'Bearer',
    expires_in: 3_600,
    ext_expires_in: 3_600,
    access_token: expect.any(String),
  });
  const asked = { headers: { authorization: `Bearer ${body.access_token}` } };
  expect((await fetch(`${azure.url}/secrets?api-version=7.6`, asked)).status).toBe(200);
  expect((await signIn({ client_id: 'a', client_assertion: 'jwt' })).status).toBe(200);
  clock.advance(60_000);
  const refusals = [
    [{ client_id: 'a', client_secret: 's' }, 7_000_222, 401],
    [{ client_id: 'a', client_secret: 'x' }, 7_000_215, 401],
    [{ client_id: 'a', client_assertion: 'x' }, 700_213, 401],
    [{ client_id: 'b', client_secret: 's' }, 700_016, 400],
    [{ client_id: 'a', client_assertion: 'jwt', scope: 'x' }, 70_011, 400],
  ] as const;
  for (const [form, code, status] of refusals) {
    const refused = await signIn(form);
    expect(refused).toMatchObject({ status, body: { error_codes: [code] } });
    expect(refused.body.error_description).toMatch(new RegExp(`^AADSTS${code}: .* Trace ID: `));
  }
  expect((await signIn({ client_id: 'a' }, 'other')).body.error_codes).toEqual([90_002]);
});

test('it says of itself where to sign in, and an app in Azure gets a token without any secret', async () => {
  const discovery = await (await fetch(`${azure.url}/${azure.tenant}/v2.0/.well-known/openid-configuration`)).json();
  expect(discovery.token_endpoint).toMatch(new RegExp(`^https://127.0.0.1:\\d+/${azure.tenant}/oauth2/v2.0/token$`));
  const identity = async (header: string) =>
    fetch(`${azure.identityEndpoint}?resource=https://vault.azure.net&api-version=2019-08-01`, {
      headers: { 'x-identity-header': header },
    });
  expect(await (await identity(azure.identityHeader)).json()).toMatchObject({
    token_type: 'Bearer',
    expires_on: '1767229200',
  });
  expect((await identity('wrong')).status).toBe(400);
});

test('a firewall keeps out who has every right', async () => {
  const { token } = await azure.credential().getToken(SCOPE);
  azure.closeFirewall(true);
  const answer = await fetch(`${azure.url}/secrets?api-version=7.6`, { headers: { authorization: `Bearer ${token}` } });
  expect((await answer.json()).error).toMatchObject({ code: 'Forbidden', innererror: { code: 'ForbiddenByFirewall' } });
});
