import { expect, test } from 'vitest';
import type { Auth, SignedParts } from '../auth/auth.ts';
import { json, startFaulty } from '../testing/faulty-server.ts';
import { createHttpClient } from './http-client.ts';

function rotating(passwords: string[], renewals?: number) {
  const refusals: (readonly (SignedParts['headers'] | undefined)[])[] = [];
  const auth: Auth = {
    kind: 'rotating',
    ...(renewals === undefined ? {} : { renewals }),
    sign: () => ({ headers: { 'x-key': passwords[0] ?? '' } }),
    renew: async (rejected, { refused = [] }) => {
      refusals.push([...refused, rejected].map(({ headers }) => headers));
      passwords.shift();
      return passwords.length > 0;
    },
  };
  return { auth, refusals };
}

async function service() {
  return startFaulty((request, ...rest) =>
    json({ ok: true }, request.headers['x-key'] === 'third' ? 200 : 401)(request, ...rest),
  );
}

test('credentials that know of several are asked as often as they say, and told what was refused before', async () => {
  await using server = await service();
  const { auth, refusals } = rotating(['first', 'second', 'third'], 2);
  await using client = createHttpClient({ baseURL: server.url, auth });
  expect((await client.get('/')).status).toBe(200);
  expect(server.asked.map(({ headers }) => headers['x-key'])).toEqual(['first', 'second', 'third']);
  expect(refusals).toEqual([[{ 'x-key': 'first' }], [{ 'x-key': 'first' }, { 'x-key': 'second' }]]);
});

test('others are asked once', async () => {
  await using server = await service();
  const { auth } = rotating(['first', 'second', 'third']);
  await using client = createHttpClient({ baseURL: server.url, auth });
  await expect(client.get('/')).rejects.toMatchObject({ status: 401 });
  expect(server.asked).toHaveLength(2);
});
