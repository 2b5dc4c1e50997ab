/** Runs the suite once, as a child project of its own, among stores and services of its own. */
import { readdirSync, readFileSync } from 'node:fs';
import { type InlineResult, runInline } from '@quality-hub/testkit';
import { startSecretStores } from './secret-stores.ts';
import { startServices } from './services.ts';
import type { Site } from './suite/site.ts';

const suite = new URL('./suite/', import.meta.url);

export interface Databases {
  readonly postgres: string;
  readonly mariadb: string;
}

export interface SuiteOptions {
  /** Addresses of servers. */
  readonly databases: Databases | undefined;
  /** Keeps the project in this folder. */
  readonly dir?: string | undefined;
}

/** The result must be disposed of. @throws {InlineTimeoutError} after 10 minutes. */
export async function runSuite({ databases, dir }: SuiteOptions): Promise<InlineResult> {
  await using stores = await startSecretStores();
  await using services = await startServices();
  const site: Site = { ...stores.addresses, ...services.addresses };
  return await runInline(
    { ...suiteFiles(databases !== undefined), '.env.kept': keptValues(databases) },
    {
      timeoutMs: 600_000,
      ...(dir === undefined ? {} : { dir }),
      env: { ...stores.env, SITE: JSON.stringify(site), SUITE_DATABASES: databases && 'there' },
    },
  );
}

function keptValues(databases: Databases | undefined): string {
  const values: Record<string, string> = {
    ODD: 'this is { no JSON',
    STALE: 'stale-key-of-last-week-1',
    STALE_PASSWORD: 'stale-word-of-last-week-2',
    PROD: 'prod-key-8Rr3Xy-77',
    PAYMENT: 'payment-key-5Tt4Zz-66',
  };
  if (databases !== undefined) {
    const [wrong, unknown] = [new URL(databases.mariadb), new URL(databases.postgres)];
    wrong.password = 'not-the-password-9';
    unknown.username = 'nobody_of_the_suite';
    Object.assign(values, { WRONG_DB: wrong.href, UNKNOWN_DB: unknown.href });
  }
  return Object.entries(values)
    .map(([name, value]) => `${name}="${value}"\n`)
    .join('');
}

function suiteFiles(hasDatabase: boolean): Record<string, string> {
  const names = readdirSync(suite).filter(
    name => name.endsWith('.ts') && (hasDatabase || !name.startsWith('databases')),
  );
  return Object.fromEntries(names.map(name => [name, readFileSync(new URL(name, suite), 'utf8')]));
}
