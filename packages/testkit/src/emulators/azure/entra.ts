/** Where applications sign in to Azure: the part of Entra ID that gives tokens to machines. */
import { randomUUID } from 'node:crypto';
import type { EmulatedAnswer, EmulatedRequest } from '../emulator-server.ts';

export interface AzureApp {
  readonly clientId: string;
  readonly secret?: string;
  /** Milliseconds of the wall clock. @default never */
  readonly secretEndsAt?: number;
  /** Which tokens of others it trusts: a federated credential. */
  readonly trusts?: (assertion: string) => boolean;
}

export interface GivenToken {
  readonly token: string;
  /** Milliseconds of the wall clock. */
  readonly expiresOnTimestamp: number;
}

export class Entra {
  readonly #tenant: string;
  readonly #now: () => number;
  readonly #give: () => GivenToken;
  readonly #apps: AzureApp[] = [];

  constructor(tenant: string, now: () => number, give: () => GivenToken) {
    this.#tenant = tenant;
    this.#now = now;
    this.#give = give;
  }

  add(app: AzureApp): void {
    this.#apps.push(app);
  }

  /** Undefined where it is none of its paths. */
  handle(request: EmulatedRequest): EmulatedAnswer | undefined {
    const [, tenant, rest] =
      /^\/([^/]+)\/(v2\.0\/\.well-known\/openid-configuration|oauth2\/v2\.0\/token)$/.exec(request.path) ?? [];
    if (rest === undefined || tenant === undefined) return undefined;
    if (tenant !== this.#tenant)
      return refused(
        'invalid_request',
        90_002,
        `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID.`,
      );
    const base = `https://${request.headers.host}/${tenant}`;
    return rest.startsWith('oauth2') ? this.#token(request) : { status: 200, body: discovery(base) };
  }

  #token({ body }: EmulatedRequest): EmulatedAnswer {
    const form = new URLSearchParams(body.toString('utf8'));
    const id = form.get('client_id');
    const app = this.#apps.find(({ clientId }) => clientId === id);
    if (app === undefined)
      return refused(
        'unauthorized_client',
        700_016,
        `Application with identifier '${id}' was not found in the directory.`,
        400,
      );
    const problem = this.#problemOf(app, form.get('client_secret'), form.get('client_assertion'));
    if (problem !== undefined) return problem;
    if (form.get('scope') !== 'https://vault.azure.net/.default')
      return refused('invalid_scope', 70_011, `The provided value for the input parameter 'scope' is not valid.`, 400);
    const { token, expiresOnTimestamp } = this.#give();
    const expires_in = Math.floor((expiresOnTimestamp - this.#now()) / 1_000);
    return { status: 200, body: { token_type: 'Bearer', expires_in, ext_expires_in: expires_in, access_token: token } };
  }

  #problemOf(app: AzureApp, secret: string | null, assertion: string | null): EmulatedAnswer | undefined {
    if (assertion !== null) {
      return app.trusts?.(assertion) === true
        ? undefined
        : refused(
            'invalid_client',
            700_213,
            'No matching federated identity record found for presented assertion subject.',
          );
    }
    if (app.secret === undefined || secret !== app.secret)
      return refused(
        'invalid_client',
        7_000_215,
        `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${app.clientId}'.`,
      );
    return app.secretEndsAt !== undefined && this.#now() >= app.secretEndsAt
      ? refused('invalid_client', 7_000_222, `The provided client secret keys for app '${app.clientId}' are expired.`)
      : undefined;
  }
}

function discovery(base: string) {
  return {
    token_endpoint: `${base}/oauth2/v2.0/token`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    end_session_endpoint: `${base}/oauth2/v2.0/logout`,
    jwks_uri: `${base}/discovery/v2.0/keys`,
    issuer: `${base}/v2.0`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
    response_types_supported: ['code', 'id_token', 'token'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
  };
}

function refused(error: string, code: number, text: string, status = 401): EmulatedAnswer {
  const trace = randomUUID();
  const error_description = `AADSTS${code}: ${text} Trace ID: ${trace} Correlation ID: ${trace}`;
  return { status, body: { error, error_description, error_codes: [code], trace_id: trace, correlation_id: trace } };
}
