import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { createMask } from '@quality-hub/telemetry';
import { FakeClock } from '@quality-hub/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Auth, createHttpClient, type OAuthOptions, oauth } from '../../index.ts';
import {
  type AuthorisationServer,
  DEVICE,
  MACHINE,
  PAGE,
  startAuthorisationServer,
} from '../../testing/authorisation-server.ts';
import { type FaultyServer, json, startFaulty } from '../../testing/faulty-server.ts';
import { openSmallStore } from '../../testing/small-store.ts';

let server: AuthorisationServer;
let shop: FaultyServer;
beforeAll(async () => {
  server = await startAuthorisationServer();
  // An API that takes a token only while the authorisation server says that it holds.
  shop = await startFaulty(async (request, response, asked) => {
    const token = request.headers.authorization?.replace('Bearer ', '');
    await json({}, (await server.holds(token)) ? 200 : 401)(request, response, asked);
  });
});
afterAll(async () => {
  await shop.close();
  await server.close();
});

const machine = (more: Partial<OAuthOptions> = {}): Auth =>
  oauth({ issuer: server.issuer, ...MACHINE, grant: { type: 'client-credentials' }, ...more });
const shopWith = (auth: Auth) => createHttpClient({ baseURL: shop.url, auth });
const tokenFrom = async (auth: Auth): Promise<string> => {
  const request = { method: 'GET', origin: shop.url, path: '/', headers: {} };
  const { headers } = await auth.sign(request, { mask: createMask(), signal: undefined });
  return headers?.['authorization']?.replace('Bearer ', '') ?? '';
};
const storePath = async (): Promise<string> => join(await mkdtemp(join(tmpdir(), 'qh-token-')), 'store.db');

/** Runs `work` and tells which grants the server saw meanwhile. */
async function grantsOf(work: () => Promise<unknown>): Promise<readonly string[]> {
  const before = server.grants.length;
  await work();
  return server.grants.slice(before);
}

test('many calls at once share one token, which the API takes', async () => {
  await using api = shopWith(machine({ scope: 'orders' }));
  const grants = await grantsOf(async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.get('/')));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
  });
  expect(grants).toEqual(['client_credentials 200']);
});

test('a token is replaced when 10 to 20 % of its time are left, and kept while the server cannot give another', async () => {
  const own = await startAuthorisationServer({ lifetimeS: 100 });
  const clock = new FakeClock(Date.now());
  const early = machine({ issuer: own.issuer, now: clock.now, random: () => 1 });
  const late = machine({ issuer: own.issuer, now: clock.now, random: () => 0 });
  const first = [await tokenFrom(early), await tokenFrom(late)];
  clock.advance(79_000);
  expect([await tokenFrom(early), await tokenFrom(late)]).toEqual(first);
  clock.advance(2_000);
  const second = await tokenFrom(early);
  expect([second === first[0], (await tokenFrom(late)) === first[1]]).toEqual([false, true]);
  await own.close();
  clock.advance(15_000);
  expect(await tokenFrom(late)).toBe(first[1]);
  clock.advance(5_000);
  await expect(tokenFrom(late)).rejects.toMatchObject({ code: 'QH_HTTP_NETWORK', networkCode: 'ECONNREFUSED' });
});

test('a token that was revoked is replaced once, and the call goes through', async () => {
  const auth = machine();
  await using api = shopWith(auth);
  await api.get('/');
  const token = await tokenFrom(auth);
  await server.revoke(token);
  const grants = await grantsOf(() => Promise.all([api.get('/'), api.get('/'), api.get('/')]));
  expect(grants).toEqual(['client_credentials 200']);
  expect(await tokenFrom(auth)).not.toBe(token);
});

test('where the new token is refused as well, no third one is fetched', async () => {
  await using closed = await startFaulty(json({ error: 'no' }, 401));
  const auth = machine();
  await using api = createHttpClient({ baseURL: closed.url, auth });
  const grants = await grantsOf(async () => {
    for (let i = 0; i < 3; i++) await expect(api.get('/')).rejects.toMatchObject({ status: 401 });
  });
  expect(grants).toEqual(['client_credentials 200', 'client_credentials 200']);
  expect(closed.asked).toHaveLength(4);
});

test('a person signs in on a page, with PKCE; the refresh token goes on from there, until it ends', async () => {
  const clock = new FakeClock(Date.now());
  let pages = 0;
  const auth = oauth({
    issuer: server.issuer,
    clientId: PAGE.clientId,
    scope: 'openid offline_access',
    parameters: { prompt: 'consent' },
    now: clock.now,
    grant: {
      type: 'authorization-code',
      redirectUri: PAGE.redirectUri,
      open: url => {
        pages += 1;
        expect(new URL(url).searchParams.get('code_challenge_method')).toBe('S256');
        return server.signIn(url);
      },
    },
  });
  await using api = shopWith(auth);
  expect((await api.get('/')).status).toBe(200);
  clock.advance(95_000);
  expect(await grantsOf(() => api.get('/'))).toEqual(['refresh_token 200']);
  clock.advance(95_000);
  // The server has forgotten what it gave: the next refresh is refused, and the person signs in anew.
  const { RefreshToken } = server.provider;
  const find = RefreshToken.find;
  RefreshToken.find = async () => undefined;
  expect(await grantsOf(() => api.get('/'))).toEqual(['refresh_token 400', 'authorization_code 200']);
  RefreshToken.find = find;
  expect(pages).toBe(2);
});

test('an answer that belongs to another sign-in, or says no, gives no token', async () => {
  const ending = (change: (url: URL) => void) =>
    oauth({
      issuer: server.issuer,
      clientId: PAGE.clientId,
      scope: 'openid',
      grant: {
        type: 'authorization-code',
        redirectUri: PAGE.redirectUri,
        open: async url => {
          const back = new URL(await server.signIn(url));
          change(back);
          return back.href;
        },
      },
    });
  await expect(tokenFrom(ending(url => url.searchParams.set('state', 'of another')))).rejects.toMatchObject({
    code: 'QH_AUTH',
    message: expect.stringContaining('state'),
  });
  const refused = ending(url => {
    url.searchParams.delete('code');
    url.searchParams.set('error', 'access_denied');
    url.searchParams.set('error_description', 'not you');
  });
  await expect(tokenFrom(refused)).rejects.toMatchObject({
    reason: 'access_denied',
    message: `Client "page" got no token from ${server.issuer}: access_denied: not you`,
    hint: 'The person or the server has refused: confirm the sign-in',
  });
});

test('a person confirms a code elsewhere; meanwhile the server is asked no faster than it allows', async () => {
  const clock = new FakeClock(Date.now());
  const waits: number[] = [];
  let shownUrl = '';
  const auth = oauth({
    issuer: server.issuer,
    ...DEVICE,
    scope: 'openid',
    now: clock.now,
    sleep: async ms => {
      waits.push(ms);
      clock.advance(ms);
      if (waits.length === 2) await server.signIn(shownUrl);
    },
    grant: {
      type: 'device-code',
      show: ({ userCode, url, completeUrl }) => {
        expect([userCode, url]).toEqual([expect.stringMatching(/\w{4}-\w{4}/), `${server.issuer}/device`]);
        shownUrl = completeUrl ?? '';
      },
    },
  });
  await using api = shopWith(auth);
  const grants = await grantsOf(() => api.get('/'));
  expect([grants, waits]).toEqual([
    ['device_code 400', 'device_code 200'],
    [5_000, 5_000],
  ]);
});

test('a code that nobody confirms ends', async () => {
  const clock = new FakeClock(Date.now());
  const auth = oauth({
    issuer: server.issuer,
    ...DEVICE,
    now: clock.now,
    sleep: async () => clock.advance(400_000),
    grant: { type: 'device-code', show: () => undefined },
  });
  await expect(tokenFrom(auth)).rejects.toMatchObject({ code: 'QH_AUTH', reason: 'expired_token' });
});

test('wrong credentials, a place that is no server and a person without TLS are told without a secret', async () => {
  const wrong = await tokenFrom(machine({ clientSecret: 'not-the-secret-1' })).catch((error: unknown) => error);
  expect(wrong).toMatchObject({
    code: 'QH_AUTH',
    reason: 'invalid_client',
    status: 401,
    hint: expect.stringContaining('clientSecret'),
  });
  expect(String(wrong)).not.toContain('not-the-secret');
  await expect(tokenFrom(machine({ clientAuthentication: 'none' }))).rejects.toMatchObject({
    reason: 'invalid_client',
  });
  await expect(tokenFrom(machine({ scope: 'offline_access' }))).rejects.toMatchObject({ reason: 'invalid_scope' });
  const asDevice = machine({ grant: { type: 'device-code', show: () => undefined } });
  await expect(tokenFrom(asDevice)).rejects.toMatchObject({
    reason: 'invalid_request',
    hint: expect.stringContaining('documentation'),
  });
  await expect(tokenFrom(machine({ issuer: shop.url }))).rejects.toMatchObject({ code: 'QH_AUTH' });
  await expect(tokenFrom(machine({ allowInsecure: false }))).rejects.toMatchObject({ code: 'QH_AUTH' });
  await expect(tokenFrom(machine({ timeoutMs: 1 }))).rejects.toThrow(/timeout/);
});

test('endpoints may be given where the server has no metadata; a secret may go in the body', async () => {
  const endpoints = { token: `${server.issuer}/token` };
  expect(await server.holds(await tokenFrom(machine({ endpoints })))).toBe(true);
  // The server takes the secret in the header and in the body.
  expect(await server.holds(await tokenFrom(machine({ endpoints, clientAuthentication: 'post' })))).toBe(true);
  const code = { type: 'authorization-code', redirectUri: PAGE.redirectUri, open: server.signIn } as const;
  await expect(tokenFrom(oauth({ issuer: server.issuer, clientId: 'page', endpoints, grant: code }))).rejects.toThrow(
    'has no authorization_endpoint in its metadata',
  );
});

test('requests for a token run inside a policy', async () => {
  const doings: (string | undefined)[] = [];
  const policy = {
    name: 'told',
    execute: async (
      work: (context: { signal: AbortSignal; attempt: number }) => Promise<never>,
      options: { doing?: string } = {},
    ) => {
      doings.push(options.doing);
      return work({ signal: new AbortController().signal, attempt: 1 });
    },
  } as NonNullable<OAuthOptions['policy']>;
  await tokenFrom(machine({ policy }));
  expect(doings).toEqual([`GET ${server.issuer}/.well-known/openid-configuration`, `POST ${server.issuer}/token`]);
});

test('wrong options are refused all at once', () => {
  expect(() =>
    oauth({
      issuer: 'x',
      clientId: '',
      clientSecrt: 's',
      grant: { type: 'client-credentials' },
      timeoutMs: 0,
    } as never),
  ).toThrow(
    'oauth for "": there is no option "clientSecrt", did you mean "clientSecret"?; issuer "x" is not a URL; clientId is empty; client-credentials need a clientSecret; timeoutMs is 0, expected more than 0',
  );
});

const CHILD = fileURLToPath(new URL('../../testing/token-child.ts', import.meta.url));
const startChild = (path: string, issuer: string, timeoutMs = 30_000): ChildProcess =>
  spawn(process.execPath, [CHILD, path, issuer, MACHINE.clientId, MACHINE.clientSecret, String(timeoutMs)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });

test('processes that share a store share one token', async () => {
  const path = await storePath();
  const grants = await grantsOf(async () => {
    const said = await Promise.all([1, 2, 3, 4].map(() => text(startChild(path, server.issuer).stdout!)));
    expect(new Set(said).size).toBe(1);
    expect(await server.holds(said[0]?.trim().replace('Bearer ', ''))).toBe(true);
    const store = openSmallStore(path);
    expect(await tokenFrom(machine({ store }))).toBe(said[0]?.trim().replace('Bearer ', ''));
    expect(await store.list('')).toHaveLength(1);
    await store.close();
  });
  expect(grants).toEqual(['client_credentials 200']);
});

test('a process that dies while it fetches the token holds nobody up for longer than its time', async () => {
  const path = await storePath();
  await using stuck = await startFaulty(() => undefined);
  const dying = startChild(path, stuck.url, 6_000);
  await expect.poll(() => stuck.asked.length, { timeout: 20_000 }).toBe(1);
  dying.kill('SIGKILL');
  await once(dying, 'exit');
  const store = openSmallStore(path);
  const [held] = await store.list('oauth/');
  expect(held?.key).toMatch(/\/fetching$/);
  // The same client at a server that answers again, under the same key.
  stuck.next(json({ issuer: stuck.url, token_endpoint: `${server.issuer}/token` }));
  const auth = machine({ issuer: stuck.url, store, timeoutMs: 6_000 });
  const token = await tokenFrom(auth).catch(async () => tokenFrom(auth));
  expect(await server.holds(token)).toBe(true);
  await store.close();
});

test('a worker that waits in vain for another one says so; one whose token still holds does not wait', async () => {
  const clock = new FakeClock(Date.now());
  const store = openSmallStore(await storePath(), clock.now);
  const sleep = async (ms: number): Promise<void> => clock.advance(ms);
  const first = machine({ store, now: clock.now, sleep, timeoutMs: 1_000 });
  const token = await tokenFrom(first);
  const [{ key } = { key: '' }] = await store.list('oauth/');
  await store.set(`${key}/fetching`, 'another', { ttlMs: 60_000_000 });
  clock.advance(95_000);
  expect(await tokenFrom(machine({ store, now: clock.now, sleep, timeoutMs: 1_000 }))).toBe(token);
  clock.advance(6_000);
  await expect(tokenFrom(machine({ store, now: clock.now, sleep, timeoutMs: 1_000 }))).rejects.toMatchObject({
    code: 'QH_AUTH_BUSY',
    message: 'Another worker has been fetching the token for more than 1000 ms',
  });
  await store.close();
});

test('a sealed token cannot be read without its key, and with another key it is fetched anew', async () => {
  const store = openSmallStore(await storePath());
  const token = await tokenFrom(machine({ store, storeKey: 'key-of-the-run' }));
  const [kept] = await store.list('oauth/');
  expect(kept?.value).not.toContain(token);
  const same = await grantsOf(async () =>
    expect(await tokenFrom(machine({ store, storeKey: 'key-of-the-run' }))).toBe(token),
  );
  const other = await grantsOf(async () =>
    expect(await tokenFrom(machine({ store, storeKey: 'another' }))).not.toBe(token),
  );
  expect([same, other]).toEqual([[], ['client_credentials 200']]);
  await store.set(kept?.key ?? '', '{"accessToken":1}');
  expect(await server.holds(await tokenFrom(machine({ store })))).toBe(true);
  await store.close();
});

test('a caller that gives up leaves the fetch to the others', async () => {
  const auth = machine();
  const stop = new AbortController();
  const request = { method: 'GET', origin: shop.url, path: '/', headers: {} };
  const given = auth.sign(request, { mask: createMask(), signal: stop.signal }) as Promise<unknown>;
  const other = tokenFrom(auth);
  stop.abort(new Error('enough'));
  await expect(given).rejects.toThrow('enough');
  expect(await server.holds(await other)).toBe(true);
});

test('tokens are told to the mask', async () => {
  const mask = createMask();
  const request = { method: 'GET', origin: shop.url, path: '/', headers: {} };
  const { headers } = await machine().sign(request, { mask, signal: undefined });
  const token = headers?.['authorization']?.replace('Bearer ', '') ?? 'none';
  expect(mask.text(`x ${token} ${MACHINE.clientSecret}`)).toBe('x [masked] [masked]');
});
