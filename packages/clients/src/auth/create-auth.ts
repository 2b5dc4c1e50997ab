/** Makes auth from plain data, as a configuration has it. */
import { closestName, OptionError } from '@quality-hub/protocol';
import type { Auth, SecretText } from './auth.ts';
import { type AwsAuthOptions, awsAuth } from './aws-auth.ts';
import { oauth } from './oauth/oauth.ts';
import type { OAuthGrant, OAuthOptions } from './oauth/oauth-options.ts';
import { type ApiKeyOptions, apiKeyAuth, basicAuth, bearerAuth } from './static-auth.ts';

/** What signing in with OAuth is given by whoever makes the client. */
export type OAuthSurroundings = Pick<OAuthOptions, 'name' | 'observe' | 'policy' | 'store' | 'transport'>;

export type AuthSection =
  | { readonly kind: 'basic'; readonly user: string; readonly password: SecretText }
  | { readonly kind: 'bearer'; readonly token: SecretText }
  | ({ readonly kind: 'apiKey' } & ApiKeyOptions)
  | ({ readonly kind: 'aws' } & Omit<AwsAuthOptions, 'now'>)
  | ({
      readonly kind: 'oauth';
      /** @default client-credentials */
      readonly grant?: OAuthGrant;
    } & Omit<OAuthOptions, keyof OAuthSurroundings | 'grant' | 'now' | 'random' | 'sleep'>);

const NAMES: Readonly<Record<AuthSection['kind'], readonly string[]>> = {
  basic: ['user', 'password'],
  bearer: ['token'],
  apiKey: ['key', 'header', 'query'],
  aws: ['region', 'service', 'credentials'],
  // It checks its options itself.
  oauth: [],
};
const NEEDED: Readonly<Record<AuthSection['kind'], readonly string[]>> = {
  basic: ['user', 'password'],
  bearer: ['token'],
  apiKey: ['key'],
  aws: ['region', 'service', 'credentials'],
  oauth: [],
};

/** True for what is auth already, and not the data for it. */
export function isAuth(auth: Auth | AuthSection): auth is Auth {
  return typeof (auth as { sign?: unknown }).sign === 'function';
}

/**
 * @throws {OptionError} that lists every problem (`QH_OPTION`).
 */
export function createAuth(section: AuthSection, around: OAuthSurroundings = {}): Auth {
  check(section);
  const { kind, ...options } = section;
  switch (section.kind) {
    case 'basic':
      return basicAuth(section);
    case 'bearer':
      return bearerAuth(section.token);
    case 'apiKey':
      return apiKeyAuth(section);
    case 'aws':
      return awsAuth(section);
    case 'oauth':
      return oauth({ grant: { type: 'client-credentials' }, ...(options as Omit<typeof section, 'kind'>), ...around });
  }
}

function check(section: AuthSection): void {
  const { kind, ...options } = section;
  const allowed = NAMES[kind];
  if (allowed === undefined) {
    const meant = closestName(String(kind), Object.keys(NAMES));
    const rest = meant === undefined ? `; there are ${Object.keys(NAMES).join(', ')}` : `; did you mean "${meant}"?`;
    throw new OptionError('auth', [`there is no kind ${JSON.stringify(kind)}${rest}`]);
  }
  if (kind === 'oauth') return;
  const problems = NEEDED[kind].filter(name => !(name in options)).map(name => `${kind} has no ${name}`);
  for (const name of Object.keys(options)) {
    if (allowed.includes(name)) continue;
    const meant = closestName(name, allowed);
    problems.push(`there is no option "${name}" of ${kind}${meant === undefined ? '' : `, did you mean "${meant}"?`}`);
  }
  if (problems.length > 0) throw new OptionError('auth', problems);
}
