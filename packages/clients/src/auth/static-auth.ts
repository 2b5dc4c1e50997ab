/** Credentials that stay the same: user and password, a bearer token, an API key. */
import { OptionError } from '@quality-hub/protocol';
import { type Auth, openSecret, type SecretText } from './auth.ts';

/** HTTP Basic. @see RFC 7617 */
export function basicAuth(credentials: { readonly user: string; readonly password: SecretText }): Auth {
  // The first colon ends the user: one inside it would move a part of it into the password.
  if (credentials.user.includes(':')) throw new OptionError('basicAuth', ['user has a colon, which RFC 7617 forbids']);
  return {
    kind: 'basic',
    sign: async (_, context) => {
      const password = await openSecret(credentials.password, context);
      const token = Buffer.from(`${credentials.user}:${password}`).toString('base64');
      context.mask.add([token]);
      return { headers: { authorization: `Basic ${token}` } };
    },
  };
}

/** A token that somebody else gets. @see RFC 6750 */
export function bearerAuth(token: SecretText): Auth {
  return {
    kind: 'bearer',
    sign: async (_, context) => ({ headers: { authorization: `Bearer ${await openSecret(token, context)}` } }),
  };
}

export interface ApiKeyOptions {
  readonly key: SecretText;
  /** @default 'x-api-key' */
  readonly header?: string;
  /** Sends the key as this parameter of the query instead. */
  readonly query?: string;
}

export function apiKeyAuth({ key, header = 'x-api-key', query }: ApiKeyOptions): Auth {
  const name = header.toLowerCase();
  return {
    kind: 'api-key',
    secretHeaders: [name],
    sign: async ({ path }, context) => {
      const value = await openSecret(key, context);
      if (query === undefined) return { headers: { [name]: value } };
      const joint = path.includes('?') ? '&' : '?';
      return { path: `${path}${joint}${encodeURIComponent(query)}=${encodeURIComponent(value)}` };
    },
  };
}
