import { expect, test } from 'vitest';
import { type CookieContext, contextTransport, cookieJar, createHttpClient } from '../../index.ts';
import { json, startFaulty } from '../../testing/faulty-server.ts';
import type { ContextCookie } from './cookie-source.ts';

/** The cookies of a browser context, as Playwright keeps them. */
function contextOf(start: readonly { name: string; value: string }[] = []): CookieContext & { added: ContextCookie[] } {
  const added: ContextCookie[] = [];
  return {
    added,
    cookies: async () => [...start, ...added.filter(({ expires }) => expires !== 1)],
    addCookies: async cookies => void added.push(...cookies),
  };
}

test('a jar keeps cookies between calls, along redirects, and sends each where it belongs', async () => {
  await using server = await startFaulty();
  await using api = createHttpClient({ baseURL: server.url, cookies: true });
  server.next(
    (_, response) =>
      void response.writeHead(302, { location: '/home', 'set-cookie': ['sid=1; Path=/', 'a=2; Path=/admin'] }).end(),
  );
  await api.get('/login', { headers: { cookie: 'own=x' } });
  await api.get('/admin/x');
  server.next(json({}, 200, { 'set-cookie': 'sid=; Max-Age=0; Path=/' }));
  await api.get('/logout');
  await api.extend({ timeoutMs: 1_000 }).get('/admin/y');
  expect(server.asked.map(({ headers }) => headers.cookie)).toEqual([
    'own=x',
    'own=x; sid=1',
    'a=2; sid=1',
    'sid=1',
    'a=2',
  ]);
});

test('a cookie for another site is dropped', async () => {
  await using server = await startFaulty(
    json({}, 200, { 'set-cookie': ['bad=1; Domain=example.com', 'wide=1; Domain=com', 'ok=1'] }),
  );
  await using api = createHttpClient({ baseURL: server.url, cookies: cookieJar() });
  await api.get('/');
  await api.get('/');
  expect(server.asked[1]?.headers.cookie).toBe('ok=1');
});

test('a client as a browser context sends its cookies and gives it those that come', async () => {
  await using server = await startFaulty(
    json({}, 200, {
      'set-cookie': [
        's=1; HttpOnly; Secure; SameSite=Lax; Path=/x',
        'gone=; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
        'x=1; Domain=example.com',
      ],
    }),
  );
  await using api = createHttpClient({ baseURL: server.url });
  const context = contextOf([{ name: 'sid', value: 'from-page' }]);
  const signedIn = api.as(context);
  await signedIn.get('/x/y');
  await api.get('/x/y');
  expect(server.asked.map(({ headers }) => headers.cookie)).toEqual(['sid=from-page', undefined]);
  expect(context.added).toEqual([
    {
      name: 's',
      value: '1',
      domain: '127.0.0.1',
      path: '/x',
      expires: -1,
      httpOnly: true,
      secure: true,
      sameSite: 'Lax',
    },
    { name: 'gone', value: '', domain: '127.0.0.1', path: '/x', expires: 1, httpOnly: false, secure: false },
  ]);
  expect(signedIn.statistics()).toEqual(api.statistics());
});

test('a transport that keeps cookies itself refuses a second keeper', async () => {
  const transport = contextTransport({});
  const api = createHttpClient({ baseURL: 'http://127.0.0.1:1', transport });
  expect(() => api.extend({ cookies: true })).toThrow('transport request context keeps cookies itself');
  expect(() => api.as(cookieJar())).toThrow('keeps cookies itself');
  await expect(api.get('/')).rejects.toThrow('needs open or context');
});
