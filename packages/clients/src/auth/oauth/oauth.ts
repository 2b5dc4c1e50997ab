/** Signs requests in with OAuth 2.1: gets a token, shares it, and gets the next one in time. */
import { setTimeout as sleepFor } from 'node:timers/promises';
import { closestName, digest, OptionError } from '@quality-hub/protocol';
import { undiciTransport } from '../../http/transport/undici-transport.ts';
import { type Auth, type AuthContext, openSecret } from '../auth.ts';
import type { OAuthOptions } from './oauth-options.ts';
import { type OAuthServer, openServer, type ServerSettings } from './oauth-server.ts';
import { SharedToken } from './shared-token.ts';
import { type Token, tokenOf } from './token.ts';

const NAMES = [
  'name',
  'issuer',
  'endpoints',
  'clientId',
  'clientSecret',
  'clientAuthentication',
  'grant',
  'scope',
  'parameters',
  'store',
  'storeKey',
  'account',
  'timeoutMs',
  'policy',
  'observe',
  'transport',
  'allowInsecure',
  'now',
  'random',
  'sleep',
] as const satisfies readonly (keyof OAuthOptions)[];

/**
 * The token is fetched with the first request, by one worker at a time, and before it expires. A request that is answered
 * 401 gets a new token once.
 *
 * @throws {OptionError} that lists every problem; {AuthError} from the calls, where no token is given (`QH_AUTH`).
 */
export function oauth(options: OAuthOptions): Auth {
  check(options);
  const { now = Date.now, random = Math.random, sleep = sleepReally } = options;
  const transport = options.transport ?? undiciTransport();
  const timeoutMs = options.timeoutMs ?? (options.grant.type === 'client-credentials' ? 30_000 : 300_000);
  let server: Promise<OAuthServer> | undefined;
  let shared: Promise<SharedToken> | undefined;

  const serverOf = (settings: ServerSettings, signal: AbortSignal): Promise<OAuthServer> => {
    // A server that was down when it was asked first may be up the next time.
    server ??= openServer(settings, signal).catch((error: unknown) => {
      server = undefined;
      throw error;
    });
    return server;
  };

  const open = async ({ mask }: Pick<AuthContext, 'mask'>): Promise<SharedToken> => {
    const settings: ServerSettings = { options, transport, mask, now, sleep };
    const sealKey = options.storeKey === undefined ? undefined : await openSecret(options.storeKey, { mask });
    return new SharedToken({
      store: options.store,
      key: keyOf(options),
      sealKey,
      timeoutMs,
      now,
      sleep,
      fetchToken: async (before, forced, signal) => {
        const refreshToken = before?.refreshToken;
        const answer = await (await serverOf(settings, signal)).fetchToken(refreshToken, signal);
        return tokenOf(answer, { now: now(), random, forced, refreshToken });
      },
    });
  };
  const tokensOf = (context: Pick<AuthContext, 'mask'>): Promise<SharedToken> => {
    shared ??= open(context).catch((error: unknown) => {
      shared = undefined;
      throw error;
    });
    return shared;
  };
  const known = ({ accessToken, refreshToken }: Token, { mask }: AuthContext): void =>
    mask.add(refreshToken === undefined ? [accessToken] : [accessToken, refreshToken]);

  return {
    kind: 'oauth',
    sign: async (_, context) => {
      const token = await (await tokensOf(context)).get(undefined, context.signal);
      known(token, context);
      return { headers: { authorization: `Bearer ${token.accessToken}` } };
    },
    renew: async (rejected, context) => {
      const refused = rejected.headers?.['authorization']?.replace(/^Bearer /, '');
      const tokens = await tokensOf(context);
      const { current } = tokens;
      if (current !== undefined && current.accessToken !== refused) return true;
      // It is the second one that is refused: a third would be too, and each costs the server a sign-in.
      if (current?.forced) return false;
      known(await tokens.get(refused, context.signal), context);
      return true;
    },
  };
}

/** One token for each server, client, person and scope. */
function keyOf({ issuer, clientId, scope = '', account = '', grant, parameters = {} }: OAuthOptions): string {
  const facts = [String(issuer), clientId, scope, account, grant.type, ...Object.entries(parameters).flat()];
  return `oauth/${digest(JSON.stringify(facts))}`;
}

function check(options: OAuthOptions): void {
  const problems: string[] = [];
  for (const name of Object.keys(options)) {
    if ((NAMES as readonly string[]).includes(name)) continue;
    const meant = closestName(name, NAMES);
    problems.push(`there is no option "${name}"${meant === undefined ? '' : `, did you mean "${meant}"?`}`);
  }
  if (!URL.canParse(String(options.issuer))) problems.push(`issuer "${options.issuer}" is not a URL`);
  if (!options.clientId) problems.push('clientId is empty');
  if (options.grant.type === 'client-credentials' && options.clientSecret === undefined) {
    problems.push('client-credentials need a clientSecret');
  }
  if (options.timeoutMs !== undefined && !(options.timeoutMs > 0)) {
    problems.push(`timeoutMs is ${options.timeoutMs}, expected more than 0`);
  }
  if (problems.length > 0) throw new OptionError(`oauth for "${options.clientId}"`, problems);
}

async function sleepReally(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await sleepFor(ms, undefined, signal === undefined ? {} : { signal });
}
