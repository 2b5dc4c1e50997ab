/** First configurations, for what suites usually begin with. */

export interface ConfigTemplate {
  /** For whom, in a few words. */
  readonly title: string;
  /** The body of the schema in TypeScript. */
  readonly schema: readonly string[];
  /** The rest, as data: it is the same in every language. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Addresses that are made of values, in TypeScript only; elsewhere they stand in the environments. */
  readonly derived: Readonly<Record<string, string>>;
}

const BASE = ['app: z.object({ baseURL: z.url() }),'];
const ENVIRONMENTS = {
  local: { app: { baseURL: 'http://127.0.0.1:3000' } },
  staging: { extends: 'local', app: { baseURL: 'https://staging.example.com' } },
};
const POLICIES = { usual: { retry: 2, timeoutMs: 10_000, breaker: 'per-host' } };

export const TEMPLATES: Readonly<Record<string, ConfigTemplate>> = {
  browser: {
    title: 'pages of one application',
    schema: BASE,
    config: { environments: ENVIRONMENTS },
    derived: {},
  },
  api: {
    title: 'an HTTP API',
    schema: BASE,
    config: {
      environments: ENVIRONMENTS,
      clients: { default: { policy: 'usual', health: '/health' } },
      policies: POLICIES,
    },
    derived: { default: 'config.app.baseURL' },
  },
  database: {
    title: 'an API and its PostgreSQL',
    schema: BASE,
    config: {
      environments: ENVIRONMENTS,
      clients: { default: { policy: 'usual' } },
      databases: { app: { kind: 'postgres', url: 'postgres://127.0.0.1:5432/app', isolation: 'transaction' } },
      policies: POLICIES,
    },
    derived: { default: 'config.app.baseURL' },
  },
  monorepo: {
    title: 'several applications in one repository',
    schema: ['shop: z.object({ baseURL: z.url() }),', 'admin: z.object({ baseURL: z.url() }),'],
    config: {
      environments: {
        local: { shop: { baseURL: 'http://127.0.0.1:3000' }, admin: { baseURL: 'http://127.0.0.1:3001' } },
        staging: {
          extends: 'local',
          shop: { baseURL: 'https://shop.staging.example.com' },
          admin: { baseURL: 'https://admin.staging.example.com' },
        },
      },
      clients: { shop: { policy: 'usual' }, admin: { policy: 'usual' } },
      policies: POLICIES,
    },
    derived: { shop: 'config.shop.baseURL', admin: 'config.admin.baseURL' },
  },
};

export type ConfigFormat = 'ts' | 'json' | 'yaml';

/** The text of the first configuration. */
export async function templateText(
  { schema, config, derived }: ConfigTemplate,
  format: ConfigFormat,
  schemaFile: string,
): Promise<string> {
  if (format === 'json')
    return `${JSON.stringify({ $schema: `./${schemaFile}`, ...withAddresses(config, derived) }, null, 2)}\n`;
  if (format === 'yaml') {
    const { stringify } = await import('yaml');
    return `# yaml-language-server: $schema=./${schemaFile}\n${stringify(withAddresses(config, derived))}`;
  }
  const body = literal(config, 1, derived);
  return `import { defineHub } from '@quality-hub/test/config';
import { z } from 'zod';

const hub = defineHub({
  schema: z.object({
${schema.map(line => `    ${line}`).join('\n')}
  }),
${body.join('\n')}
});
export default hub;

declare module '@quality-hub/test/config' {
  interface Register {
    hub: typeof hub;
  }
}
`;
}

/** Without functions, each environment says the address of its clients. */
function withAddresses(config: ConfigTemplate['config'], derived: ConfigTemplate['derived']): ConfigTemplate['config'] {
  const environments = config.environments as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  const names = Object.entries(derived);
  if (names.length === 0) return config;
  const withClients = Object.entries(environments).map(([environment, inner]) => {
    const clients = names.map(([client, from]) => {
      const baseURL = from
        .split('.')
        .slice(1)
        .reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], inner);
      return [client, { baseURL }];
    });
    return [environment, { ...inner, clients: Object.fromEntries(clients) }];
  });
  return { ...config, environments: Object.fromEntries(withClients) };
}

function literal(tree: object, depth: number, derived: ConfigTemplate['derived'], above = ''): string[] {
  const pad = '  '.repeat(depth);
  return Object.entries(tree).flatMap(([key, value]) => {
    if (typeof value !== 'object' || value === null) return [`${pad}${key}: ${text(value)},`];
    const address = above === 'clients' ? derived[key] : undefined;
    const first = address === undefined ? [] : [`${pad}  baseURL: ({ config }) => ${address},`];
    return [`${pad}${key}: {`, ...first, ...literal(value, depth + 1, derived, key), `${pad}},`];
  });
}

function text(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}
