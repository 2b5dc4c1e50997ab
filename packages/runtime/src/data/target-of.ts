/** Where the clients and databases of a configuration lead: records that were created elsewhere are not removed from here. */
import { resolve } from 'node:path';
import type { Target } from '@quality-hub/data';
import { type DatabaseSection, dependencyOf, type QualityHubConfig } from '../sections.ts';

/**
 * Addresses by name, without users, passwords and queries. An address that is a secret is not told.
 *
 * @param place What tells environments apart besides: the environment's name, the `baseURL` of the tests.
 * @param folder That of the configuration.
 */
export function targetOf(config: QualityHubConfig, place: Target, folder: string): Target {
  const target: Record<string, string> = {};
  for (const [name, text] of Object.entries(place)) target[name] = addressOf(text) ?? text;
  for (const [name, { baseURL }] of Object.entries(config.clients ?? {})) {
    const address = addressOf(baseURL);
    if (address !== undefined) target[dependencyOf(name)] = address;
  }
  for (const [name, section] of Object.entries(config.databases ?? {})) {
    const address = databaseAddress(section, folder);
    if (address !== undefined) target[name] = address;
  }
  return target;
}

/** Origin and path of an URL. */
export function addressOf(url: unknown): string | undefined {
  if (!(url instanceof URL) && (typeof url !== 'string' || !URL.canParse(url))) return undefined;
  const { origin, pathname } = new URL(url);
  return origin + pathname.replace(/\/$/, '');
}

function databaseAddress({ kind, url, server }: DatabaseSection, folder: string): string | undefined {
  if (typeof url !== 'string') return server;
  if (kind === 'sqlite') return url === ':memory:' ? undefined : resolve(folder, url);
  if (!URL.canParse(url)) return server;
  const { host, pathname } = new URL(url);
  return host + pathname;
}
