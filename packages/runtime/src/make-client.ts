/** Makes one HTTP client from its section: what signs it in, what carries it, and what it tells. */
import {
  type Auth,
  createAuth,
  createHttpClient,
  type HttpClient,
  type HttpClientOptions,
  isAuth,
  type Transport,
  undiciTransport,
} from '@quality-hub/clients';
import { isSecretReference, type SecretReference } from '@quality-hub/config';
import type { KeyValueDriver } from '@quality-hub/protocol';
import { checkProbe, type Policy } from '@quality-hub/resilience';
import { secretsIn } from './secrets/bind-secrets.ts';
import { secretAuth } from './secrets/secret-auth.ts';
import type { SecretSource } from './secrets/secret-source.ts';
import { type ClientSection, dependencyOf, healthOf } from './sections.ts';

export interface ClientSurroundings {
  readonly client: Pick<HttpClientOptions, 'mask' | 'observe' | 'remainingMs' | 'headersFor' | 'admit'>;
  /** Shared by the workers of the run. */
  readonly store: KeyValueDriver;
  /** Base of the default client where its section names none. */
  readonly baseURL?: string;
  /** Gives the secrets of the sections. */
  readonly secrets: SecretSource;
  /** The policy for what reports call `dependency`, from options, a name, or the usual one. */
  policyOf(dependency: string, given: ClientSection['policy']): Policy;
}

const TRANSPORTS = ['undici', 'playwright'] as const;

/** @throws {OptionError} that lists what is wrong with the section (`QH_OPTION`). */
export function makeClient(name: string, section: ClientSection, around: ClientSurroundings): HttpClient {
  const {
    policy: given,
    health: _health,
    auth,
    transport: _carrier,
    warmUp: _warmUp,
    connection,
    baseURL,
    headers = {},
    ...options
  } = section;
  checkSection(name, section);
  const dependency = dependencyOf(name);
  const policy = around.policyOf(dependency, given);
  const base = isSecretReference(baseURL) ? undefined : (baseURL ?? (name === 'default' ? around.baseURL : undefined));
  const transport = undiciTransport(connection);
  const { plain, secret } = splitHeaders(headers);
  const inner = auth === undefined ? undefined : authOf(auth, dependency, transport, around);
  const signing = withSecrets(inner, auth, secret, dependency, around.secrets);
  return createHttpClient({
    ...options,
    ...(base ? { baseURL: base } : {}),
    ...(section.headers === undefined ? {} : { headers: plain }),
    ...around.client,
    ...(signing === undefined ? {} : { auth: signing }),
    transport,
    name: dependency,
    policy,
  });
}

/** Auth as it is, unless there are secrets in it or beside it. */
function withSecrets(
  inner: Auth | undefined,
  auth: ClientSection['auth'],
  headers: Readonly<Record<string, SecretReference>>,
  dependency: string,
  source: SecretSource,
): Auth | undefined {
  // What seals a token where the workers share it is refused by nobody.
  const names = secretsIn(auth).flatMap(({ name, path }) => (path === 'storeKey' ? [] : [name]));
  const headerNames = secretsIn(headers).map(({ name }) => name);
  if (names.length === 0 && headerNames.length === 0) return inner;
  return secretAuth({ inner, names, headers, headerNames, source, dependency });
}

function splitHeaders(headers: NonNullable<ClientSection['headers']>) {
  const plain: Record<string, string> = {};
  const secret: Record<string, SecretReference> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (isSecretReference(value)) secret[name.toLowerCase()] = value;
    else plain[name] = value;
  }
  return { plain, secret };
}

/** Requests for a token go over the client's own connections, under a name of their own: another server answers them. */
function authOf(
  auth: NonNullable<ClientSection['auth']>,
  dependency: string,
  transport: Transport,
  { client, store, policyOf }: ClientSurroundings,
): Auth {
  if (isAuth(auth)) return auth;
  if (auth.kind !== 'oauth') return createAuth(auth);
  const name = `${dependency} sign-in`;
  const { observe } = client;
  const told = observe === undefined ? {} : { observe };
  return createAuth(auth, { name, store, transport, policy: policyOf(name, undefined), ...told });
}

function checkSection(name: string, section: ClientSection): void {
  const { health, transport, connection, cookies, warmUp } = section;
  const problems: string[] = [];
  const { path, ...schedule } = health === undefined ? { path: undefined } : healthOf(health);
  if (health !== undefined && !(typeof path === 'string' && /^\/|^https?:\/\//.test(path))) {
    problems.push(
      `health is ${JSON.stringify(typeof health === 'string' ? health : path)}, expected a path such as /health`,
    );
  }
  if (transport !== undefined && !TRANSPORTS.includes(transport)) {
    problems.push(`transport is ${JSON.stringify(transport)}, expected 'undici' or 'playwright'`);
  }
  if (transport === 'playwright' && connection !== undefined) {
    problems.push('connection is for undici; with transport playwright, TLS and proxy are those of `use`');
  }
  if (transport === 'playwright' && cookies !== undefined) {
    problems.push('transport playwright keeps cookies itself; leave cookies away');
  }
  if (warmUp !== undefined && !(Number.isInteger(warmUp) && warmUp > 0)) {
    problems.push(`warmUp is ${JSON.stringify(warmUp)}, expected a number of connections`);
  }
  if (warmUp !== undefined && (section.baseURL === undefined || transport === 'playwright')) {
    problems.push('warmUp needs a baseURL, and transport undici');
  }
  checkProbe(name, schedule, problems);
}
