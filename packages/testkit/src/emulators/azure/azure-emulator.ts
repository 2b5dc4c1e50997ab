/**
 * A Key Vault that lives in the process of the test: it asks who is there, and believes only what it has given.
 *
 * The SDK insists on TLS: put a front with a certificate before it.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { type EmulatedAnswer, type EmulatedRequest, type Emulator, startEmulator } from '../emulator-server.ts';
import { AzureVault, azureError } from './azure-vault.ts';
import { type AzureApp, Entra, type GivenToken } from './entra.ts';

export type AzureRight = 'get' | 'list' | 'set' | 'delete';

export interface AzureTokenOptions {
  /** @default 3600 */
  readonly ttlS?: number;
  /** Which operations it may use. @default all */
  readonly rights?: readonly AzureRight[];
}

/** In the shape of `TokenCredential`. */
export interface AzureCredential {
  getToken(
    scopes: string | readonly string[],
    options?: { readonly tenantId?: string; readonly claims?: string },
  ): Promise<{ readonly token: string; readonly expiresOnTimestamp: number }>;
}

export interface AzureEmulator extends Emulator {
  readonly tenant: string;
  /** Gives tokens, a new one each time. */
  credential(options?: AzureTokenOptions): AzureCredential;
  /** Where an app in Azure gets its token: for IDENTITY_ENDPOINT, with `identityHeader` as IDENTITY_HEADER. */
  readonly identityEndpoint: string;
  readonly identityHeader: string;
  /** Signs in at `/<tenant>/oauth2/v2.0/token`: the emulator is its own authority. */
  addApp(app: AzureApp): void;
  /** How often somebody was given a token. */
  readonly tokensGiven: number;
  /** None of the tokens so far is believed any longer, as after a change of a policy: claims have to be shown. */
  demandClaims(): void;
  /** Its firewall lets nobody in. */
  closeFirewall(closed: boolean): void;
}

interface Grant {
  readonly expiresAt: number;
  readonly rights: readonly AzureRight[];
}

const ALL: readonly AzureRight[] = ['get', 'list', 'set', 'delete'];
const RESOURCE = 'https://vault.azure.net';
const VERSIONS = /^(?:7\.[0-6]|2025-07-01|2026-04-01)$/;

/** What the service says where it is asked too often; for `fault`. @param retryAfterS What it asks to wait. */
export function azureThrottled(retryAfterS = 1): EmulatedAnswer {
  const message =
    'Request was not processed because too many requests were received. Reason: VaultRequestTypeLimitReached';
  return { ...azureError(429, 'Throttled', message), headers: { 'retry-after': String(retryAfterS) } };
}

/** @param now Wall clock of the service, in milliseconds. */
export async function startAzureEmulator({
  now = Date.now,
}: {
  readonly now?: () => number;
} = {}): Promise<AzureEmulator> {
  const tenant = randomUUID();
  const identityHeader = randomUUID();
  const vault = new AzureVault(now);
  let grants = new Map<string, Grant>();
  /** Valid, and not enough any longer. */
  const poor = new Set<string>();
  let firewall = false;
  let tokensGiven = 0;
  const give = ({ ttlS = 3_600, rights = ALL }: AzureTokenOptions = {}): GivenToken => {
    const token = `eyJ0eXAiOiJKV1QifQ.${randomBytes(80).toString('base64url')}.${randomBytes(40).toString('base64url')}`;
    tokensGiven += 1;
    grants.set(token, { expiresAt: now() + ttlS * 1_000, rights });
    return { token, expiresOnTimestamp: now() + ttlS * 1_000 };
  };
  const entra = new Entra(tenant, now, () => give());
  const challenge = (message: string, more = ''): EmulatedAnswer => ({
    ...azureError(401, 'Unauthorized', message),
    headers: {
      'www-authenticate': `Bearer authorization="https://login.microsoftonline.com/${tenant}", resource="${RESOURCE}"${more}`,
    },
  });

  const handle = (request: EmulatedRequest): EmulatedAnswer => {
    if (request.path === '/identity/token') return identity(request);
    const signedIn = entra.handle(request);
    if (signedIn !== undefined) return signedIn;
    const { authorization } = request.headers;
    // Before all else: the first request comes without a token and without a body, to hear this.
    if (authorization === undefined) return challenge('AKV10000: Request is missing a Bearer or PoP token.');
    const token = authorization.replace(/^Bearer /, '');
    const grant = grants.get(token);
    if (poor.has(token)) {
      const claims = Buffer.from('{"access_token":{"nbf":{"essential":true}}}').toString('base64');
      return challenge(
        'AKV10000: Continuous access evaluation resulted in challenge.',
        `, error="insufficient_claims", claims="${claims}"`,
      );
    }
    if (grant === undefined) return challenge('AKV10022: Invalid audience. Expected https://vault.azure.net.');
    if (now() >= grant.expiresAt) return challenge('AKV10046: The token is expired.');
    if (firewall)
      return azureError(
        403,
        'Forbidden',
        'Client address is not authorized and caller is not a trusted service.',
        'ForbiddenByFirewall',
      );
    if (!VERSIONS.test(request.query.get('api-version') ?? ''))
      return azureError(400, 'BadParameter', 'api-version must be specified.');
    if (!grant.rights.includes(rightFor(request)))
      return azureError(403, 'Forbidden', 'Caller is not authorized to perform action on resource.', 'ForbiddenByRbac');
    return vault.handle(request, `https://${request.headers.host}`);
  };
  const identity = ({ headers, query }: EmulatedRequest): EmulatedAnswer => {
    if (headers['x-identity-header'] !== identityHeader || query.get('resource') !== RESOURCE)
      return { status: 400, body: { statusCode: 400, message: 'Unable to load the proper Managed Identity.' } };
    const { token, expiresOnTimestamp } = give();
    return {
      status: 200,
      body: {
        access_token: token,
        expires_on: String(Math.floor(expiresOnTimestamp / 1_000)),
        resource: RESOURCE,
        token_type: 'Bearer',
      },
    };
  };
  const emulator = await startEmulator(
    request => {
      const answer = handle(request);
      return {
        ...answer,
        headers: {
          'x-ms-keyvault-region': 'westeurope',
          'x-ms-request-id': randomUUID(),
          'x-ms-client-request-id': request.headers['x-ms-client-request-id'] ?? randomUUID(),
          'x-ms-keyvault-service-version': '1.9.2145.1',
          ...answer.headers,
        },
      };
    },
    { now },
  );
  return {
    ...emulator,
    tenant,
    identityEndpoint: `${emulator.url}/identity/token`,
    identityHeader,
    addApp: app => entra.add(app),
    get tokensGiven() {
      return tokensGiven;
    },
    credential: options => ({
      getToken: async (scopes, { tenantId } = {}) => {
        const right =
          [scopes].flat().join() === `${RESOURCE}/.default` && (tenantId === undefined || tenantId === tenant);
        if (!right) throw new Error(`A token for ${[scopes].flat().join()} of ${tenantId} was asked for`);
        return give(options);
      },
    }),
    demandClaims: () => {
      for (const token of grants.keys()) poor.add(token);
      grants = new Map();
    },
    closeFirewall: closed => {
      firewall = closed;
    },
  };
}

function rightFor({ method, path }: EmulatedRequest): AzureRight {
  if (method === 'PUT' || method === 'PATCH') return 'set';
  if (method === 'DELETE' || path.startsWith('/deletedsecrets')) return 'delete';
  return /^\/secrets\/?$|\/versions$/.test(path) ? 'list' : 'get';
}
