/** The authorisation server: its metadata, and the requests that get a token from it. */
import type * as oauth from 'oauth4webapi';
import type { Transport } from '../../http/transport/transport.ts';
import { type AuthContext, openSecret } from '../auth.ts';
import { AuthError } from '../errors.ts';
import { told } from './oauth-error.ts';
import type { OAuthOptions } from './oauth-options.ts';
import { askServer, type LibraryRequest, type ServerRequestOptions } from './server-requests.ts';
import type { TokenAnswer } from './token.ts';

type OAuthLibrary = typeof oauth;

export interface OAuthServer {
  /** One token, with the refresh token where there is one, else by the grant. */
  fetchToken(refreshToken: string | undefined, signal: AbortSignal): Promise<TokenAnswer>;
}

export interface ServerSettings {
  readonly options: OAuthOptions;
  readonly transport: Transport;
  readonly mask: AuthContext['mask'];
  readonly now: () => number;
  readonly sleep: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
}

interface Dialogue {
  readonly lib: OAuthLibrary;
  readonly settings: ServerSettings;
  readonly server: oauth.AuthorizationServer;
  readonly client: oauth.Client;
  readonly proof: oauth.ClientAuth;
}

/** Loads oauth4webapi and reads the metadata. */
export async function openServer(settings: ServerSettings, signal: AbortSignal): Promise<OAuthServer> {
  const lib = await import('oauth4webapi');
  const { options, mask } = settings;
  const server = await told(settings, () => metadata(lib, settings, signal));
  const client: oauth.Client = { client_id: options.clientId };
  return {
    fetchToken: async (refreshToken, until) => {
      const secret = options.clientSecret === undefined ? undefined : await openSecret(options.clientSecret, { mask });
      const dialogue: Dialogue = { lib, settings, server, client, proof: proofOf(lib, options, secret) };
      if (refreshToken !== undefined) {
        try {
          return await told(settings, () => refresh(dialogue, refreshToken, until));
        } catch (error) {
          // A refresh token that has ended is no failure: signing in again is what it asks for.
          if (!(error instanceof AuthError) || error.reason !== 'invalid_grant') throw error;
        }
      }
      return told(settings, () => byGrant(dialogue, until));
    },
  };
}

function byGrant(dialogue: Dialogue, signal: AbortSignal): Promise<TokenAnswer> {
  switch (dialogue.settings.options.grant.type) {
    case 'client-credentials':
      return clientCredentials(dialogue, signal);
    case 'authorization-code':
      return authorizationCode(dialogue, signal);
    case 'device-code':
      return deviceCode(dialogue, signal);
  }
}

async function metadata(
  lib: OAuthLibrary,
  settings: ServerSettings,
  signal: AbortSignal,
): Promise<oauth.AuthorizationServer> {
  const { issuer, endpoints } = settings.options;
  const url = new URL(issuer);
  if (endpoints !== undefined) {
    return {
      issuer: url.href,
      token_endpoint: endpoints.token,
      ...(endpoints.authorization === undefined ? {} : { authorization_endpoint: endpoints.authorization }),
      ...(endpoints.deviceAuthorization === undefined
        ? {}
        : { device_authorization_endpoint: endpoints.deviceAuthorization }),
    };
  }
  const asked = requestOptions<'GET', undefined>(lib, settings, signal);
  let response = await lib.discoveryRequest(url, { ...asked, algorithm: 'oidc' });
  if (response.status === 404) response = await lib.discoveryRequest(url, { ...asked, algorithm: 'oauth2' });
  return lib.processDiscoveryResponse(url, response);
}

async function clientCredentials(
  { lib, settings, server, client, proof }: Dialogue,
  signal: AbortSignal,
): Promise<TokenAnswer> {
  const response = await lib.clientCredentialsGrantRequest(
    server,
    client,
    proof,
    parametersOf(settings.options),
    requestOptions(lib, settings, signal),
  );
  return lib.processClientCredentialsResponse(server, client, response);
}

async function refresh(
  { lib, settings, server, client, proof }: Dialogue,
  token: string,
  signal: AbortSignal,
): Promise<TokenAnswer> {
  const response = await lib.refreshTokenGrantRequest(
    server,
    client,
    proof,
    token,
    requestOptions(lib, settings, signal),
  );
  return lib.processRefreshTokenResponse(server, client, response);
}

/** @see RFC 6749, section 4.1, with PKCE (RFC 7636) and `state`. */
async function authorizationCode(
  { lib, settings, server, client, proof }: Dialogue,
  signal: AbortSignal,
): Promise<TokenAnswer> {
  const { grant } = settings.options;
  if (grant.type !== 'authorization-code') throw new TypeError('not an authorisation code');
  const endpoint = server.authorization_endpoint;
  if (endpoint === undefined) throw missing(settings, 'authorization_endpoint');
  const verifier = lib.generateRandomCodeVerifier();
  const state = lib.generateRandomState();
  settings.mask.add([verifier]);
  const url = new URL(endpoint);
  for (const [name, value] of parametersOf(settings.options)) url.searchParams.set(name, value);
  url.searchParams.set('response_type', 'code');
  url.searchParams.set('client_id', client.client_id);
  url.searchParams.set('redirect_uri', grant.redirectUri);
  url.searchParams.set('code_challenge', await lib.calculatePKCECodeChallenge(verifier));
  url.searchParams.set('code_challenge_method', 'S256');
  url.searchParams.set('state', state);
  const back = new URL(await grant.open(url.href, signal));
  const code = back.searchParams.get('code');
  if (code !== null) settings.mask.add([code]);
  const answer = lib.validateAuthResponse(server, client, back, state);
  const options = requestOptions<'POST', URLSearchParams>(lib, settings, signal);
  const response = await lib.authorizationCodeGrantRequest(
    server,
    client,
    proof,
    answer,
    grant.redirectUri,
    verifier,
    options,
  );
  return lib.processAuthorizationCodeResponse(server, client, response);
}

/** @see RFC 8628, sections 3.1 to 3.5 */
async function deviceCode(
  { lib, settings, server, client, proof }: Dialogue,
  signal: AbortSignal,
): Promise<TokenAnswer> {
  const { grant } = settings.options;
  if (grant.type !== 'device-code') throw new TypeError('not a device code');
  const options = requestOptions<'POST', URLSearchParams>(lib, settings, signal);
  const asked = await lib.deviceAuthorizationRequest(server, client, proof, parametersOf(settings.options), options);
  const code = await lib.processDeviceAuthorizationResponse(server, client, asked);
  settings.mask.add([code.device_code]);
  const endsAt = settings.now() + code.expires_in * 1000;
  await grant.show(
    {
      userCode: code.user_code,
      url: code.verification_uri,
      completeUrl: code.verification_uri_complete,
      expiresInMs: code.expires_in * 1000,
    },
    signal,
  );
  let everyMs = (code.interval ?? 5) * 1000;
  for (;;) {
    await settings.sleep(everyMs, signal);
    const response = await lib.deviceCodeGrantRequest(server, client, proof, code.device_code, options);
    try {
      return await lib.processDeviceCodeResponse(server, client, response);
    } catch (error) {
      const reason = error instanceof lib.ResponseBodyError ? error.error : undefined;
      if (reason === 'slow_down') everyMs += 5_000;
      else if (reason !== 'authorization_pending') throw error;
      if (settings.now() >= endsAt) {
        throw new AuthError(`Nobody has confirmed the code of "${client.client_id}" within ${code.expires_in} s`, {
          reason: 'expired_token',
          hint: 'Confirm it at the page that is shown with the code',
        });
      }
    }
  }
}

function proofOf(lib: OAuthLibrary, options: OAuthOptions, secret: string | undefined): oauth.ClientAuth {
  if (secret === undefined) return lib.None();
  switch (options.clientAuthentication ?? 'basic') {
    case 'basic':
      return lib.ClientSecretBasic(secret);
    case 'post':
      return lib.ClientSecretPost(secret);
    case 'none':
      return lib.None();
  }
}

function parametersOf({ scope, parameters }: OAuthOptions): URLSearchParams {
  return new URLSearchParams({ ...(scope === undefined ? {} : { scope }), ...parameters });
}

function requestOptions<Method extends string, Body>(
  lib: OAuthLibrary,
  { options, transport, mask, now }: ServerSettings,
  signal: AbortSignal,
): oauth.HttpRequestOptions<Method, Body> {
  const host = new URL(options.issuer).hostname;
  const loopback = host === 'localhost' || host === '[::1]' || /^127\./.test(host);
  const { name = 'sign-in', policy, observe } = options;
  const around: ServerRequestOptions = { name, transport, policy, observe, mask, now };
  return {
    signal,
    [lib.allowInsecureRequests]: options.allowInsecure ?? loopback,
    [lib.customFetch]: (url: string, request: LibraryRequest) => askServer(url, request, signal, around),
  } as unknown as oauth.HttpRequestOptions<Method, Body>;
}

function missing({ options }: ServerSettings, what: string): AuthError {
  return new AuthError(`${new URL(options.issuer).origin} has no ${what} in its metadata`, {
    reason: 'invalid_response',
    hint: 'Give it as endpoints, or use a grant that the server offers',
  });
}
