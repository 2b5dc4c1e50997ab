/** A real authorisation server (oidc-provider) on a free port, and a person who signs in at its pages. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';
import { createHttpClient, type HttpResponse } from '../index.ts';

export const MACHINE = { clientId: 'machine', clientSecret: 'machine-secret-0123456789' } as const;
export const PAGE = { clientId: 'page', redirectUri: 'https://app.test/callback' } as const;
export const DEVICE = { clientId: 'device' } as const;

export interface AuthorisationServer extends AsyncDisposable {
  readonly issuer: string;
  readonly provider: Provider;
  /** Requests for a token, by grant. */
  readonly grants: readonly string[];
  /** True for a token that holds. */
  holds(token: string | undefined): Promise<boolean>;
  revoke(token: string): Promise<void>;
  /** Signs in and agrees, as a person does on the page; gives the place where the browser is sent to at last. */
  signIn(url: string): Promise<string>;
  close(): Promise<void>;
}

export async function startAuthorisationServer({ lifetimeS = 100 } = {}): Promise<AuthorisationServer> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const grants: string[] = [];
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: MACHINE.clientId,
        client_secret: MACHINE.clientSecret,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
        scope: 'orders',
      },
      {
        client_id: PAGE.clientId,
        redirect_uris: [PAGE.redirectUri],
        grant_types: ['authorization_code', 'refresh_token'],
        token_endpoint_auth_method: 'none',
      },
      {
        client_id: DEVICE.clientId,
        application_type: 'native',
        redirect_uris: [],
        response_types: [],
        grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
        token_endpoint_auth_method: 'none',
      },
    ],
    scopes: ['openid', 'offline_access', 'orders'],
    cookies: { keys: ['key-of-a-test'] },
    features: { clientCredentials: { enabled: true }, deviceFlow: { enabled: true }, revocation: { enabled: true } },
    ttl: { AccessToken: lifetimeS, ClientCredentials: lifetimeS, RefreshToken: 3_600 },
    issueRefreshToken: () => true,
    rotateRefreshToken: true,
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  });
  provider.use(async (ctx, next) => {
    await next();
    const grant: unknown = ctx.oidc?.params?.['grant_type'];
    if (ctx.path === '/token' && typeof grant === 'string') grants.push(`${grant.split(':').at(-1)} ${ctx.status}`);
  });
  server.on('request', provider.callback());
  const find = async (token: string) =>
    (await provider.ClientCredentials.find(token)) ?? (await provider.AccessToken.find(token));
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return {
    issuer,
    provider,
    grants,
    holds: async token => token !== undefined && (await find(token))?.isValid === true,
    revoke: async token => {
      await (await find(token))?.destroy();
    },
    signIn: url => signIn(issuer, url),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function signIn(issuer: string, start: string): Promise<string> {
  await using browser = createHttpClient({ baseURL: issuer, cookies: true });
  const open = (url: string): Promise<HttpResponse> => browser.get(url, { redirects: 0, expectStatus: ['2xx', '3xx'] });
  let answer = await open(start);
  for (let steps = 0; steps < 20; steps++) {
    const location = answer.header('location');
    if (location !== undefined) {
      const url = new URL(location, answer.url);
      if (url.origin !== issuer) return url.href;
      answer = await open(url.href);
      continue;
    }
    const page = await answer.text();
    const action = /<form[^>]*action="([^"]+)"/.exec(page)?.[1];
    const hidden = [...page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(
      ([, name = '', value = '']) => [name, value],
    );
    if (action === undefined) return answer.url;
    const asksWho = page.includes('name="login"');
    answer = await browser.post(new URL(action.replaceAll('&amp;', '&'), answer.url).href, {
      form: { ...Object.fromEntries(hidden), ...(asksWho ? { login: 'ada', password: 'any' } : {}) },
      redirects: 0,
      expectStatus: ['2xx', '3xx'],
    });
    if (page.includes('op.deviceConfirmForm') && answer.status === 200) return answer.url;
  }
  throw new Error('The pages of the server never end');
}
