/** The section `clients` of the configuration, as zod sees it. A door of its own: workers do not load it. */
import { policySchema, probeScheduleSchema } from '@quality-hub/resilience/schema';
import { z } from 'zod';
import { readBaseUrl } from './request/build-path.ts';

const LONGEST_MS = 2_147_483_647;
const ms = z.int().min(1).max(LONGEST_MS);
const bytes = z.int().min(0);

function when<T>(expected: string, is: (value: unknown) => boolean) {
  return z.custom<T>(is, `expected ${expected}`);
}
const isObjectWith = (method: string) => (value: unknown) =>
  typeof value === 'object' && value !== null && typeof (value as Record<string, unknown>)[method] === 'function';
const work = when<(...given: never[]) => unknown>('a function', value => typeof value === 'function');

/** `secret('name')` of the configuration, which is a function until it is read. */
const secretReference = when<() => Promise<string>>(
  "secret('name')",
  value => typeof value === 'function' && typeof (value as { toJSON?: unknown }).toJSON === 'function',
);

/** A text, a function that gets it, or a box that is opened with `reveal`. */
const secret = z.union([z.string().min(1), work, when('a box with reveal()', isObjectWith('reveal'))]);

const url = z
  .union([z.string(), z.instanceof(URL)])
  .refine(text => URL.canParse(String(text)), 'expected an absolute URL');
const baseURL = z.union([z.string(), z.instanceof(URL)]).refine(canBeBase, 'expected an http(s) URL without a query');

function canBeBase(value: string | URL): boolean {
  try {
    readBaseUrl(value);
    return true;
  } catch {
    return false;
  }
}

const grant = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('client-credentials') }),
  z.strictObject({ type: z.literal('authorization-code'), redirectUri: z.string().min(1), open: work }),
  z.strictObject({ type: z.literal('device-code'), show: work }),
]);

const awsCredentials = z.strictObject({
  accessKeyId: z.string().min(1),
  secretAccessKey: secret,
  sessionToken: secret.optional(),
});

const authSection = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('basic'), user: z.string(), password: secret }),
  z.strictObject({ kind: z.literal('bearer'), token: secret }),
  z.strictObject({
    kind: z.literal('apiKey'),
    key: secret,
    header: z.string().min(1).optional().describe('x-api-key'),
    query: z.string().min(1).optional().describe('Sends the key as this parameter instead'),
  }),
  z.strictObject({
    kind: z.literal('aws'),
    region: z.string().min(1),
    service: z.string().min(1),
    credentials: z.union([awsCredentials, work]),
  }),
  z.strictObject({
    kind: z.literal('oauth'),
    issuer: url,
    endpoints: z
      .strictObject({ token: url, authorization: url.optional(), deviceAuthorization: url.optional() })
      .optional(),
    clientId: z.string().min(1),
    clientSecret: secret.optional(),
    clientAuthentication: z.enum(['basic', 'post', 'none']).optional(),
    grant: grant.optional().describe('client-credentials'),
    scope: z.string().optional(),
    parameters: z.record(z.string(), z.string()).optional(),
    storeKey: secret.optional().describe('Seals the token where the workers share it'),
    account: z.string().optional(),
    timeoutMs: ms.optional().describe('Longest time of signing in; 30000, or 300000 where a person does it'),
    allowInsecure: z.boolean().optional().describe('Takes a server without TLS; on the loopback only'),
  }),
]);

const auth = z.union([when('what signs requests', isObjectWith('sign')), authSection]);

const certificate = z.union([z.string().min(1), z.instanceof(Uint8Array)]);
const tls = z.strictObject({
  ca: z.union([certificate, z.array(certificate)]).optional(),
  cert: certificate.optional(),
  key: certificate.optional(),
  pfx: z.instanceof(Uint8Array).optional(),
  passphrase: z.string().optional(),
  servername: z.string().min(1).optional(),
  verify: z.boolean().optional().describe('False takes any certificate; true'),
});

const connection = z.strictObject({
  connections: z.int().min(1).max(10_000).optional().describe('Connections to one origin at a time; 64'),
  connectTimeoutMs: ms.optional().describe('Longest time to connect; 10000'),
  keepAliveMs: ms.optional().describe('An idle connection is closed after this; 4000'),
  http2: z.boolean().optional().describe('HTTP/2 where the server offers it; false'),
  lookup: work.optional(),
  tls: tls.optional(),
  proxy: z
    .union([z.literal(false), url])
    .optional()
    .describe('Carries all requests; false uses none; HTTPS_PROXY, HTTP_PROXY and NO_PROXY'),
});

const healthPath = z.string().regex(/^\/|^https?:\/\//, 'expected a path such as /health');

/** One client as a configuration has it. */
export const clientSchema = z.strictObject({
  baseURL: z.union([baseURL, secretReference]).optional().describe("Paths of calls are below it; also secret('name')"),
  headers: z
    .record(z.string().min(1), z.union([z.string(), secretReference]))
    .optional()
    .describe("Sent with each call to the own origin; also secret('name')"),
  auth: auth.optional().describe('Signs in, to the own origin only'),
  policy: z
    .union([z.string().min(1), policySchema])
    .optional()
    .describe('A name from policies, or the options of one'),
  health: z
    .union([healthPath, probeScheduleSchema.extend({ path: healthPath })])
    .optional()
    .describe('Answers 2xx while the service is well; an object also says when to ask'),
  transport: z.enum(['undici', 'playwright']).optional().describe('playwright: calls stand in the trace; undici'),
  timeoutMs: ms.optional().describe('Longest time of a call with all attempts; 30000'),
  cookies: z
    .union([z.literal(true), when('a cookie source', isObjectWith('headerFor'))])
    .optional()
    .describe('True: a jar of its own'),
  interceptors: z.array(work).optional().describe('Stand around every attempt; the first is the outermost'),
  connection: connection.optional(),
  warmUp: z.int().min(1).max(1_000).optional().describe('Connections that are opened before the first call needs them'),
  maxBodyBytes: bytes.optional().describe('Longest body that is read into memory; 64 MiB'),
  keptBodyBytes: bytes.optional().describe('What a record keeps of each body; 16 KiB'),
});

/** Clients by name. */
export const clientsSchema = z.record(z.string().min(1), clientSchema);
