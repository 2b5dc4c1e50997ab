/** Makes the clients, databases and policies that a configuration names; nothing is connected before its first use. */
import type { HttpClient } from '@quality-hub/clients';
import type { SqlDatabase } from '@quality-hub/clients/db';
import { meant } from '@quality-hub/config';
import { OptionError } from '@quality-hub/protocol';
import { checkProbe, createPolicy, type Policy, type Registry } from '@quality-hub/resilience';
import { type ClientSurroundings, makeClient } from './make-client.ts';
import { type DatabaseSurroundings, databaseOpener, type OpenAt } from './make-database.ts';
import {
  CLIENT_POLICY,
  type ClientSection,
  DATABASE_POLICY,
  type PolicySection,
  type QualityHubConfig,
} from './sections.ts';

/** What every client and database is given besides its own section. */
export interface Surroundings extends Omit<ClientSurroundings, 'policyOf'> {
  readonly registry: Registry;
  readonly database: DatabaseSurroundings;
}

export interface Resources {
  readonly clients: ReadonlyMap<string, HttpClient>;
  readonly databases: ReadonlyMap<string, SqlDatabase>;
  /** Opens a database, or a copy of it, once more. */
  readonly openers: ReadonlyMap<string, OpenAt>;
  readonly policies: ReadonlyMap<string, Policy>;
  /** The policy of each client, and of each one's sign-in, by the name in reports. */
  readonly clientPolicies: ReadonlyMap<string, Policy>;
  readonly databasePolicies: ReadonlyMap<string, Policy>;
  /** What is wrong with the configuration, everything at once. */
  readonly problems: readonly string[];
}

export async function makeResources(config: QualityHubConfig, around: Surroundings): Promise<Resources> {
  const problems: string[] = [];
  const attempt = <T>(where: string, make: () => T): T | undefined => {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      problems.push(...(isOptionError(error) ? error.problems : [error.message]).map(said => `${where}: ${said}`));
      return undefined;
    }
  };
  const clients = new Map<string, HttpClient>();
  const clientPolicies = new Map<string, Policy>();
  const sections: Readonly<Record<string, ClientSection>> = { default: {}, ...config.clients };
  for (const [name, section] of Object.entries(sections)) {
    const made = attempt(`clients.${name}`, () => {
      const policyOf = (dependency: string, given: ClientSection['policy']): Policy => {
        const policy = makePolicy(dependency, given, CLIENT_POLICY, config, around.registry);
        clientPolicies.set(dependency, policy);
        return policy;
      };
      return makeClient(name, section, { ...around, policyOf });
    });
    if (made) clients.set(name, made);
  }
  const databases = new Map<string, SqlDatabase>();
  const databasePolicies = new Map<string, Policy>();
  const openers = new Map<string, OpenAt>();
  const named = Object.entries(config.databases ?? {});
  if (named.length > 0) {
    const door = await import('@quality-hub/clients/db');
    for (const [name, section] of named) {
      const made = attempt(`databases.${name}`, () => {
        checkProbe(name, section.health ?? {});
        const policy = makePolicy(name, section.policy, DATABASE_POLICY, config, around.registry);
        databasePolicies.set(name, policy);
        return databaseOpener(name, section, { ...around.database, policy }, door);
      });
      const database = made && attempt(`databases.${name}`, made);
      if (made && database) databases.set(name, database);
      if (made) openers.set(name, made);
    }
  }
  const policies = new Map<string, Policy>();
  for (const [name, section] of Object.entries(config.policies ?? {})) {
    const made = attempt(`policies.${name}`, () => createPolicy({ ...section, name }, { registry: around.registry }));
    if (made) policies.set(name, made);
  }
  return { clients, databases, openers, policies, clientPolicies, databasePolicies, problems };
}

/** Also where some of it cannot be closed. @throws {AggregateError} with what went wrong. */
export async function closeResources({ clients, databases }: Resources): Promise<void> {
  const results = await Promise.allSettled([...clients.values(), ...databases.values()].map(one => one.close()));
  const errors = results.flatMap(result => (result.status === 'rejected' ? [result.reason] : []));
  if (errors.length > 0) throw new AggregateError(errors, 'Not everything could be closed');
}

/** Each client and database has a policy of its own, also where several name the same options: limits are theirs. */
function makePolicy(
  name: string,
  given: string | PolicySection | undefined,
  otherwise: PolicySection,
  { policies = {} }: QualityHubConfig,
  registry: Registry,
): Policy {
  const options = typeof given === 'string' ? policies[given] : (given ?? otherwise);
  if (options === undefined) throw new OptionError(name, [noPolicy(given, policies)]);
  return createPolicy({ ...options, name }, { registry });
}

function noPolicy(given: unknown, policies: object): string {
  return `policy is ${JSON.stringify(given)}, which is no policy${meant(String(given), Object.keys(policies))}`;
}

/** Clients and databases that name a policy which there is none of. */
export function unknownPolicies({ clients = {}, databases = {}, policies = {} }: QualityHubConfig): readonly string[] {
  return Object.entries({ clients, databases }).flatMap(([kind, entries]) =>
    Object.entries(entries).flatMap(([name, entry]) => {
      const given = (entry as { policy?: unknown } | null)?.policy;
      if (typeof given !== 'string' || Object.hasOwn(policies, given)) return [];
      return [`${kind}.${name}: ${noPolicy(given, policies)}`];
    }),
  );
}

function isOptionError(error: Error): error is OptionError {
  return (error as { code?: string }).code === 'QH_OPTION';
}
