/** Puts what gives the value in the place of each `secret('name')` of a configuration. */
import { boundReference, meant, nameOfSecret } from '@quality-hub/config';
import { type ClientSection, dependencyOf, type QualityHubConfig } from '../sections.ts';
import type { SecretSource } from './secret-source.ts';

/**
 * The configuration with references that give their value when they are called. The address of a client is needed when the
 * client is made: that one is read at once, and a user and password in it sign the client in.
 *
 * @throws {SecretError} where the address of a client cannot be read.
 */
export async function bindSecrets(config: QualityHubConfig, source: SecretSource): Promise<QualityHubConfig> {
  const clients = await Promise.all(
    Object.entries(config.clients ?? {}).map(async ([name, section]) => {
      const dependency = dependencyOf(name);
      return [name, await withAddress(bound(section, dependency, source), dependency, source)] as const;
    }),
  );
  const databases = Object.entries(config.databases ?? {}).map(
    ([name, section]) => [name, bound(section, name, source)] as const,
  );
  return {
    ...config,
    ...(config.clients === undefined ? {} : { clients: Object.fromEntries(clients) }),
    ...(config.databases === undefined ? {} : { databases: Object.fromEntries(databases) }),
    ...(config.cache === undefined ? {} : { cache: bound(config.cache, 'cache', source) }),
    ...(config.state === undefined ? {} : { state: bound(config.state, 'state', source) }),
  };
}

/** Every reference of a value, also deep inside: the name, and where it stands. */
export function secretsIn(value: unknown, path = ''): readonly { readonly name: string; readonly path: string }[] {
  const name = nameOfSecret(value);
  if (name !== undefined) return [{ name, path }];
  if (!isPlain(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => secretsIn(inner, path === '' ? key : `${path}.${key}`));
}

/** Places that name a secret which there is none of. */
export function unknownSecrets({ secrets, ...sections }: QualityHubConfig): readonly string[] {
  const names = Object.keys(secrets?.refs ?? {});
  return secretsIn(sections).flatMap(({ name, path }) =>
    names.includes(name) ? [] : [`${path} names the secret ${name}, which is none${meant(name, names)}`],
  );
}

async function withAddress(section: ClientSection, dependency: string, source: SecretSource): Promise<ClientSection> {
  const name = nameOfSecret(section?.baseURL);
  if (name === undefined) return section;
  const text = await source.address(name, dependency);
  if (!URL.canParse(text)) return { ...section, baseURL: text };
  const url = new URL(text);
  const { username, password } = url;
  url.username = '';
  url.password = '';
  if (username === '' && password === '') return { ...section, baseURL: url };
  const passwordNow = async (): Promise<string> =>
    decodeURIComponent(new URL(await source.text(name, dependency)).password);
  return {
    auth: { kind: 'basic', user: decodeURIComponent(username), password: boundReference(name, passwordNow) },
    ...section,
    baseURL: url,
  };
}

function bound<T>(value: T, dependency: string, source: SecretSource): T {
  const name = nameOfSecret(value);
  if (name !== undefined) return boundReference(name, () => source.text(name, dependency)) as T;
  if (Array.isArray(value)) return value.map(item => bound(item, dependency, source)) as T;
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, bound(inner, dependency, source)])) as T;
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
