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
import type { KeyValueDriver } from '@quality-hub/protocol';
import { checkProbe, type Policy } from '@quality-hub/resilience';
import { type ClientSection, dependencyOf, healthOf } from './sections.ts';

export interface ClientSurroundings {
  readonly client: Pick<HttpClientOptions, 'mask' | 'observe' | 'remainingMs' | 'headersFor'>;
  /** Shared by the workers of the run. */
  readonly store: KeyValueDriver;
  /** Base of the default client where its section names none. */
  readonly baseURL?: string;
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
    ...options
  } = section;
  checkSection(name, section);
  const dependency = dependencyOf(name);
  const policy = around.policyOf(dependency, given);
  const base = name === 'default' && section.baseURL === undefined && around.baseURL ? { baseURL: around.baseURL } : {};
  const transport = undiciTransport(connection);
  const signedIn = auth === undefined ? {} : { auth: authOf(auth, dependency, transport, around) };
  return createHttpClient({ ...options, ...base, ...around.client, ...signedIn, transport, name: dependency, policy });
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
