import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkConfig } from './check-config.ts';
import { scratchFolder } from './testing/open-workers.ts';

function suite(text?: string): { from: string; cwd: string; env: NodeJS.ProcessEnv } {
  const from = scratchFolder();
  mkdirSync(join(from, '.git'));
  if (text !== undefined) writeFileSync(join(from, 'quality-hub.config.mjs'), text);
  return { from, cwd: from, env: {} };
}

test('a suite without a configuration, and one whose configuration is right, have no trouble', async () => {
  expect(await checkConfig(suite())).toBeUndefined();
  const right = `export default {
    clients: { default: { baseURL: 'http://127.0.0.1:1' }, payments: { policy: 'quick', health: '/health' } },
    databases: { shop: { kind: 'postgres', url: 'postgres://127.0.0.1:1/shop', policy: 'quick' } },
    policies: { quick: { timeoutMs: 100, fallback: { give: () => 1 }, hooks: { onOpen: () => {} } } },
    state: { kind: 'memory' },
  }`;
  expect(await checkConfig(suite(right))).toBeUndefined();
});

test('what is wrong with pools is told before the run', async () => {
  const wrong = `export default {
    databases: { shop: { kind: 'sqlite', url: 'shop.db' } },
    pools: {
      right: [{ login: 'c1' }],
      alsoRight: { query: { database: 'shop', sql: 'SELECT 1 AS id' }, check: () => true, strategy: 'sticky', ttlMs: 5000 },
      empty: {},
      two: { members: [], file: 'members.csv' },
      odd: { file: 'members.csv', strategy: 'stiky', maxx: 3, check: 'yes' },
      elsewhere: { query: { database: 'shopp', sql: 'SELECT 1' } },
      client: { url: { client: 'defaut', path: '/x' } },
    },
  }`;
  const error = (await checkConfig(suite(wrong))) as { problems?: readonly string[] };
  expect(error.problems).toEqual([
    expect.stringMatching(/^pools\.empty is \{\}, expected members, file, query, url, load or make/),
    expect.stringMatching(/^pools\.two is .*, expected one of members, file, query, url and load/),
    expect.stringMatching(/^pools\.odd\.strategy is "stiky", .*"sticky"/),
    'pools.odd.check is "yes", expected a function',
    'pools.odd has no option maxx; did you mean max?',
    'pools.elsewhere.query.database is "shopp", which is no database; did you mean shop?',
    'pools.client.url.client is "defaut", which is no client; did you mean default?',
  ]);
});

test('everything that is wrong is told at once: by the schemas, and by what is made of the sections', async () => {
  const wrong = `export default {
    polices: {},
    clients: { payments: { policy: 'qick', health: 'health' }, mail: { policy: 'slow' } },
    databases: { shop: { kind: 'postgre', url: 'postgres://user:hidden-word@host/shop' } },
    policies: { quick: { timeoutMs: 'fast', retry: -1 }, slow: { deadlineMs: 10, timeoutMs: 20 } },
    state: { kind: 'redis', prefx: 'shop' },
    flags: { file: 'flags.json', unknwn: 'allow' },
  }`;
  const error = await checkConfig(suite(wrong));
  expect(error).toMatchObject({ code: 'QH_CONFIG' });
  expect((error as { problems?: readonly string[] }).problems).toEqual([
    'there is no section polices; did you mean policies?',
    expect.stringMatching(/^clients\.payments\.health is "health", /),
    expect.stringMatching(/^databases\.shop\.kind is "postgre", .*"postgres"/),
    'policies.quick.timeoutMs is "fast", expected number, received string',
    expect.stringMatching(/^policies\.quick\.retry is -1, /),
    'flags has no option unknwn; did you mean unknown?',
    'state has no option prefx; did you mean prefix?',
    'state.url is missing, expected the address of Redis',
    'clients.payments: policy is "qick", which is no policy; did you mean quick?',
    expect.stringMatching(/^clients\.mail: timeoutMs is 20, more than the deadlineMs of 10/),
    'policies.slow: timeoutMs is 20, more than the deadlineMs of 10: it would never count',
    'flags.file flags.json: it does not exist',
    expect.stringMatching(/^databases\.shop\.url is an address with a password in clear /),
  ]);
  expect(error?.message).not.toContain('hidden-word');
});

test('a file that cannot be loaded is trouble as well', async () => {
  expect(await checkConfig(suite('throw new Error("no host")'))).toMatchObject({
    code: 'QH_CONFIG_LOAD',
    message: expect.stringContaining('no host'),
  });
});
