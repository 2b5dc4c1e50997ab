/** The shop's API with a tenth of all requests failing for a moment: which tests of a suite still pass, with retries and without? */
import { runInline } from '@quality-hub/testkit';
import { startShop } from '../../shop/src/index.ts';

/** Half of the faults are overloads, half are connections that are reset: both are met before the request is served. */
const FAULTS = [{ kind: 'error', status: 503 } as const, { kind: 'reset' } as const];

export interface FaultyShopOptions {
  /** Folder in which Playwright and our packages are found. */
  readonly dir: string;
  readonly tests: number;
  readonly workers: number;
  /** Part of all requests that fail; from 0 to 1. */
  readonly faults01: number;
}

export interface PassedTests {
  readonly withoutFaults: number;
  readonly withPolicies: number;
  readonly withoutPolicies: number;
}

/** What each test does: a buyer signs up and in, finds a product, fills the cart, looks, and leaves. */
const JOURNEY = (send: string) => `
  const word = randomUUID().slice(0, 8);
  const account = { email: 'buyer-' + word + '@shop.example', name: 'Buyer ' + word, password: 'pass-' + word };
  const send = ${send};
  await send('POST', '/api/users', account);
  const { token } = await send('POST', '/api/sessions', { email: account.email, password: account.password });
  const signedIn = { authorization: 'Bearer ' + token };
  const { products } = await send('GET', '/api/products');
  const { sku, priceCents } = products[0];
  await send('PUT', '/api/cart/items/' + sku, { quantity: 2 }, signedIn);
  const cart = await send('GET', '/api/cart', undefined, signedIn);
  expect(cart.totalCents).toBe(2 * priceCents);`;

const suite = (imports: string, fixture: string, send: string, tests: number): string => `
  import { randomUUID } from 'node:crypto';
  ${imports}
  test.describe.configure({ mode: 'parallel' });
  for (let n = 0; n < ${tests}; n++) test('buyer ' + n, async ({ ${fixture} }) => { ${JOURNEY(send)} });`;

/** The shop does nothing of what it answers with a fault, so sending again is safe, and the suite says so. */
const BY_CLIENT = `(method, path, json, headers = {}) =>
    api.request(method, path, { headers, idempotent: true, ...(json ? { json } : {}) }).json()`;
const BY_REQUEST = `async (method, path, data, headers = {}) => {
    const answer = await request.fetch(path, { method, headers, ...(data ? { data } : {}) });
    expect(answer, method + ' ' + path).toBeOK();
    return answer.json();
  }`;

export async function faultyShop({ dir, tests, workers, faults01 }: FaultyShopOptions): Promise<PassedTests> {
  await using shop = await startShop();
  const config = (reporter: string) => `export default { reporter: ${reporter}, use: { baseURL: '${shop.url}' } };`;
  const ours = {
    'playwright.config.mjs': config(
      `[['@quality-hub/reporters', { hub: 'off' }], ['json', { outputFile: 'result.json' }]]`,
    ),
    'quality-hub.config.mjs': `export default { clients: { default: { policy: {
      deadlineMs: 20_000, timeoutMs: 5_000, retry: { retries: 4, baseMs: 20, maxMs: 500, budget: false }, breaker: 'per-host' } } } };`,
    'a.spec.mjs': suite(`import { expect, test } from '@quality-hub/test';`, 'api', BY_CLIENT, tests),
  };
  const theirs = {
    'playwright.config.mjs': config(`[['json', { outputFile: 'result.json' }]]`),
    'a.spec.mjs': suite(`import { expect, test } from '@playwright/test';`, 'request', BY_REQUEST, tests),
  };
  const passed = async (name: string, files: Readonly<Record<string, string>>): Promise<number> => {
    const args = [`--workers=${workers}`];
    await using run = await runInline(files, { dir: `${dir}/${name}`, args, timeoutMs: 60 * 60_000 });
    const { stats } = JSON.parse(run.file('result.json')) as { stats: { expected: number } };
    return stats.expected;
  };
  const withoutFaults = await passed('shop-well', theirs);
  if (withoutFaults !== tests) throw new Error(`Without faults only ${withoutFaults} of ${tests} tests pass`);
  for (const [index, fault] of FAULTS.entries()) {
    const probability01 = faults01 / FAULTS.length;
    await shop.switches.put(`fault-${index}`, { service: 'shop', fault, when: { probability01, seed: index + 1 } });
  }
  const withPolicies = await passed('shop-ours', ours);
  const withoutPolicies = await passed('shop-theirs', theirs);
  return { withoutFaults, withPolicies, withoutPolicies };
}
