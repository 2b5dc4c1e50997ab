import { createHash, createHmac } from 'node:crypto';
import { Readable } from 'node:stream';
import { createMask } from '@quality-hub/telemetry';
import { expect, test } from 'vitest';
import { apiKeyAuth, awsAuth, basicAuth, bearerAuth, createHttpClient } from '../index.ts';
import { type Asked, json, startFaulty } from '../testing/faulty-server.ts';

test('user and password, a bearer token and a key are sent where they belong', async () => {
  await using server = await startFaulty();
  const get = async (
    auth: Parameters<typeof createHttpClient>[0] extends infer O
      ? NonNullable<O extends { auth?: infer A } ? A : never>
      : never,
  ) => {
    await using api = createHttpClient({ baseURL: server.url, auth });
    await api.get('/x', { query: { a: 1 } });
    return server.asked.at(-1)!;
  };
  expect((await get(basicAuth({ user: 'ada', password: async () => 'pä:ss' }))).headers.authorization).toBe(
    `Basic ${Buffer.from('ada:pä:ss').toString('base64')}`,
  );
  expect((await get(bearerAuth('token-1'))).headers.authorization).toBe('Bearer token-1');
  expect((await get(apiKeyAuth({ key: 'k-1' }))).headers['x-api-key']).toBe('k-1');
  expect((await get(apiKeyAuth({ key: 'k/1', query: 'api_key' }))).url).toBe('/x?a=1&api_key=k%2F1');
  expect(() => basicAuth({ user: 'a:b', password: 'x' })).toThrow('user has a colon');
});

test('a call that brings its own authorization is not signed, and auth stays at home', async () => {
  await using home = await startFaulty();
  await using abroad = await startFaulty();
  await using api = createHttpClient({ baseURL: home.url, auth: bearerAuth('token-1') });
  await api.get('/', { headers: { authorization: 'mine' } });
  await api.get(`${abroad.url}/`);
  expect([home.asked[0]?.headers.authorization, abroad.asked[0]?.headers.authorization]).toEqual(['mine', undefined]);
});

const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const AT = Date.parse('2015-08-30T12:36:00Z');

/** The signature that a server computes from what it received. @see AWS, "Create a signed AWS API request" */
function signatureOf(asked: Asked, { service, escaped }: { service: string; escaped: boolean }): string {
  const [, scope = '', signed = ''] =
    /Credential=[^/]+\/([^,]+), SignedHeaders=([^,]+)/.exec(asked.headers.authorization ?? '') ?? [];
  const hash = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
  const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();
  const [path = '', query = ''] = asked.url.split('?');
  const encode = (text: string): string =>
    encodeURIComponent(text).replace(/[!'()*]/g, c => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const pairs = [...new URLSearchParams(query)].map(([name, value]) => `${encode(name)}=${encode(value)}`).sort();
  const canonical = [
    asked.method,
    escaped ? path.split('/').map(encode).join('/') : path,
    pairs.join('&'),
    ...signed.split(';').map(name => `${name}:${asked.headers[name]}`),
    '',
    signed,
    asked.headers['x-amz-content-sha256'] ?? hash(asked.body),
  ].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', asked.headers['x-amz-date'], scope, hash(canonical)].join('\n');
  const key = ['20150830', 'us-east-1', service, 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${KEYS.secretAccessKey}`,
  );
  return createHmac('sha256', key).update(toSign).digest('hex');
}

const signedWith = (asked: Asked | undefined) => /Signature=([\da-f]+)/.exec(asked?.headers.authorization ?? '')?.[1];

test.each(['execute-api', 's3'])(
  'a request to %s carries the signature that the server computes from what came',
  async service => {
    await using server = await startFaulty(json({}));
    const auth = awsAuth({ region: 'us-east-1', service, credentials: async () => KEYS, now: () => AT });
    await using api = createHttpClient({ baseURL: server.url, auth });
    await api.get('/a b/{key}', { params: { key: 'x:y' }, query: { z: '1 2', a: ['2', '1'] } });
    await api.post('/', { json: { ä: 1 }, headers: { 'x-amz-target': 'Do' } });
    await api.put('/up', { body: () => Readable.from([Buffer.from('stream')]) });
    for (const asked of server.asked) {
      expect(signedWith(asked)).toBe(signatureOf(asked, { service, escaped: service !== 's3' }));
      expect(asked.headers['x-amz-date']).toBe('20150830T123600Z');
    }
    expect(server.asked[1]?.headers.authorization).toMatch(/SignedHeaders=[^,]*content-type;host;[^,]*x-amz-target/);
    expect(server.asked[2]?.headers['x-amz-content-sha256']).toBe('UNSIGNED-PAYLOAD');
  },
);

test('a token of temporary credentials is sent, signed, and told to the mask with the secret', async () => {
  const mask = createMask();
  const auth = awsAuth({
    region: 'eu-west-1',
    service: 'sns',
    credentials: { ...KEYS, sessionToken: 'temporary-token-1' },
    now: () => AT,
  });
  const request = { method: 'GET', origin: 'https://sns.test', path: '/', headers: { 'user-agent': 'x' } };
  const { headers } = await auth.sign(request, { mask, signal: undefined });
  expect(headers).toMatchObject({
    'x-amz-security-token': 'temporary-token-1',
    authorization: expect.stringContaining('x-amz-security-token'),
  });
  expect(headers?.['authorization']).not.toContain('user-agent');
  expect(mask.text(`temporary-token-1 ${KEYS.secretAccessKey}`)).toBe('[masked] [masked]');
});
