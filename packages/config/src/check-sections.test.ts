import { expect, test } from 'vitest';
import { z } from 'zod';
import { checkSections, type HubConfig, meant } from './index.ts';
import { schemaNodeOf } from './schema/schema-node.ts';

const schemas = {
  clients: z.record(
    z.string(),
    z.strictObject({
      baseURL: z.url().optional(),
      token: z.string().min(8).optional(),
      retries: z.array(z.number().positive()).optional(),
      onCall: z.string().optional(),
      policy: z.union([z.string(), z.strictObject({ timeoutMs: z.number() })]).optional(),
    }),
  ),
  state: z.strictObject({ kind: z.enum(['memory', 'sqlite']) }),
};

const problemsOf = (config: HubConfig): readonly string[] => checkSections(config, schemas);

test('a right configuration passes, and so does one without sections', () => {
  expect(problemsOf({ clients: { default: { baseURL: 'http://x' } }, state: { kind: 'memory' } })).toEqual([]);
  expect(problemsOf({})).toEqual([]);
});

test('every problem of every section is told: where, what was found, what was expected', () => {
  const problems = problemsOf({
    clients: {
      default: { baseURL: 'x', retries: [1, -2], onCall: () => {} },
      payments: { policy: { timeoutMs: '5 s' }, retires: 1, token: 'abc' },
    },
    state: { kind: 'redis', ...{ long: 'x'.repeat(100) } },
  });
  expect(problems).toEqual([
    'clients.default.baseURL is set, invalid URL',
    'clients.default.retries[1] is -2, too small: expected number to be >0',
    'clients.default.onCall is a function, expected string, received function',
    'clients.payments.token is set, too small: expected string to have >=8 characters',
    'clients.payments.policy.timeoutMs is "5 s", expected number, received string',
    'clients.payments has no option retires',
    'state.kind is "redis", invalid option: expected one of "memory"|"sqlite"',
    'state has no option long',
  ]);
});

test('a value that fits no member of a union is told as a whole', () => {
  expect(problemsOf({ clients: { default: { policy: 7 } } })).toEqual(['clients.default.policy is 7, invalid input']);
  expect(problemsOf({ clients: { default: { policy: {} } } })).toEqual([
    'clients.default.policy.timeoutMs is missing, expected number, received undefined',
  ]);
  expect(problemsOf({ state: 'x'.repeat(100) })[0]).toMatch(/^state is "x{58}…, /);
});

test('a misspelt name gets the one that was meant, or all there are', () => {
  expect(meant('paymets', ['payments', 'shop'])).toBe('; did you mean payments?');
  expect(meant('x', ['payments', 'shop'])).toBe('; there are payments, shop');
  expect(meant('x', [])).toBe('; the configuration names none');
});

test('a wrong name inside of a section gets the one that was meant, and each problem says whose it is', async () => {
  const nodes = { clients: await schemaNodeOf(schemas.clients) };
  const sourceOf = (path: readonly PropertyKey[]) => (path.includes('token') ? ' (QH__clients__a__token)' : '');
  const config = { clients: { a: { retires: 1, token: 'abc', policy: { timeoutMS: 1 } } } };
  expect(checkSections(config, schemas, { nodes, sourceOf })).toEqual([
    'clients.a.token is set, too small: expected string to have >=8 characters (QH__clients__a__token)',
    'clients.a.policy.timeoutMs is missing, expected number, received undefined',
    'clients.a.policy has no option timeoutMS; did you mean timeoutMs?',
    'clients.a has no option retires; did you mean retries?',
  ]);
});

test('a message shows no value under the name of a credential, however deep it lies', () => {
  const [problem] = problemsOf({ state: [{ password: 'hunter-22', deep: { tokens: ['hunter-33'] }, a: 1 }] });
  expect(problem).toContain('state is [{"password":"[masked]","deep":{"tokens":"[masked]"},"a":1}], ');
  expect(problemsOf({ clients: { a: { token: ['hunter-22'] } } })[0]).toMatch(/^clients\.a\.token is set, /);
});
