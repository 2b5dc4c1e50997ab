/** Says what oauth4webapi throws in one sentence of ours. */
import type { AuthContext } from '../auth.ts';
import { AuthError } from '../errors.ts';
import type { OAuthOptions } from './oauth-options.ts';

interface Teller {
  readonly options: Pick<OAuthOptions, 'clientId' | 'issuer'>;
  readonly mask: AuthContext['mask'];
}

/** What the library throws, as one sentence of ours. */
export async function told<T>(settings: Teller, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw await asAuthError(settings, error);
  }
}

async function asAuthError({ options, mask }: Teller, error: unknown): Promise<unknown> {
  const lib = await import('oauth4webapi');
  const who = `Client "${options.clientId}" got no token from ${new URL(options.issuer).origin}`;
  if (error instanceof lib.ResponseBodyError) {
    const said = error.error_description === undefined ? '' : `: ${mask.text(error.error_description)}`;
    return new AuthError(`${who}: ${error.error}${said}`, {
      reason: error.error,
      status: error.status,
      hint: hintFor(error.error),
    });
  }
  if (error instanceof lib.AuthorizationResponseError) {
    const said = error.error_description === undefined ? '' : `: ${mask.text(error.error_description)}`;
    return new AuthError(`${who}: ${error.error}${said}`, { reason: error.error, hint: hintFor(error.error) });
  }
  if (error instanceof lib.WWWAuthenticateChallengeError) {
    return new AuthError(`${who}: it does not take the client's credentials (${error.status})`, {
      reason: 'invalid_client',
      status: error.status,
      hint: hintFor('invalid_client'),
    });
  }
  if (error instanceof lib.OperationProcessingError || error instanceof lib.UnsupportedOperationError) {
    return new AuthError(`${who}: ${mask.text(error.message)}`, {
      reason: error.code ?? 'invalid_response',
      hint: 'Is this the address of the authorisation server, and does it speak OAuth 2.1',
    });
  }
  return error;
}

function hintFor(reason: string): string {
  switch (reason) {
    case 'invalid_client':
      return 'Are clientId and clientSecret right, and does clientAuthentication fit the registration';
    case 'invalid_scope':
      return 'Ask for a scope that the client is registered for';
    case 'unauthorized_client':
      return 'Allow this grant to the client in its registration';
    case 'access_denied':
      return 'The person or the server has refused: confirm the sign-in';
    case 'expired_token':
      return 'The code was not confirmed in time: begin again';
    default:
      return 'The server says why: look the reason up in its documentation';
  }
}
