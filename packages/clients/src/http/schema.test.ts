import { expect, test } from 'vitest';
import { cookieJar, createHttpClient } from '../index.ts';
import { clientSchema, clientsSchema } from './schema.ts';

const section = {
  baseURL: 'https://shop.example/api',
  headers: { 'x-tenant': 'a' },
  timeoutMs: 1_000,
  cookies: cookieJar(),
  interceptors: [],
  connection: {
    connections: 2,
    connectTimeoutMs: 1,
    keepAliveMs: 1,
    http2: false,
    lookup: () => {},
    tls: { ca: ['x', Buffer.from('y')], verify: false },
  },
  maxBodyBytes: 0,
  keptBodyBytes: 0,
} as const;

test('what the schema takes, createHttpClient takes, and it refuses what that refuses', () => {
  expect(clientSchema.safeParse(section).error).toBeUndefined();
  expect(createHttpClient(section).name).toBe('api');
  for (const wrong of [{ baseURL: '/api' }, { baseUrl: 'http://x' }, { maxBodyBytes: -1 }]) {
    const options = { ...section, ...wrong };
    expect(clientSchema.safeParse(options).success).toBe(false);
    expect(() => createHttpClient(options)).toThrow(/HTTP client "api"/);
  }
});

test.each([
  { kind: 'basic', user: 'ada', password: () => 'x' },
  { kind: 'bearer', token: { reveal: () => 'x' } },
  { kind: 'apiKey', key: 'k', query: 'api_key' },
  { kind: 'aws', region: 'eu-west-1', service: 's3', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } },
  { kind: 'oauth', issuer: 'https://login.example', clientId: 'suite', clientSecret: async () => 'x' },
  { kind: 'oauth', issuer: 'https://login.example', clientId: 'suite', grant: { type: 'device-code', show: () => {} } },
  { kind: 'own', sign: () => ({}) },
])('auth $kind is taken', auth => {
  expect(clientSchema.safeParse({ auth }).error).toBeUndefined();
});

test('what is wrong is told by its place', () => {
  const places = (value: unknown): readonly string[] => {
    const issues = clientsSchema.safeParse(value).error?.issues ?? [];
    return issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  };
  expect(places({ a: { auth: { kind: 'digest' } }, b: { health: 'health' }, c: { policy: { retires: 1 } } })).toEqual([
    expect.stringMatching(/^a\.auth/),
    'b.health: expected a path such as /health',
    expect.stringMatching(/^c\.policy/),
  ]);
  const health = { path: '/health', everyMs: 1_000, failAfter: 2 };
  expect(places({ a: { health: '/health' }, b: { health } })).toEqual([]);
  expect(places({ a: { health: { ...health, faliAfter: 2 } } })).toHaveLength(1);
  expect(places({ a: { policy: { retry: 1, hooks: { onOpen: () => {} }, fallback: { give: () => 1 } } } })).toEqual([]);
});
