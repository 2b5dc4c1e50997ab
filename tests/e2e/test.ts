/** The suite's `test`: every spec imports from here. Each test has its own buyer and, when it asks, its own product. */
import { randomUUID } from 'node:crypto';
import { test as base, expect } from '@quality-hub/test';
import { connectSwitches, type SwitchInput } from '../shop/src/index.ts';
import { type Account, type Product, ShopApi } from './shop-api.ts';

export type { Account, Cart, Order, Product } from './shop-api.ts';
export { expect, ShopApi };

export interface Buyer extends Account {
  readonly token: string;
  /** The API, signed in as this buyer. */
  readonly api: ShopApi;
}

interface ShopFixtures {
  /** The shop without an account. */
  shop: ShopApi;
  /** A new account, removed after the test with all its orders. */
  buyer: Buyer;
  /** A product of this test alone: ten in stock, €12.50. */
  product: Product;
  /** Makes further products of this test. */
  makeProduct: (wish?: Partial<Product>) => Promise<Product>;
  /** Switches a trouble on for the calls of this test alone; gives the API that meets it. */
  trouble: (wish: Pick<SwitchInput, 'fault' | 'route' | 'when'>) => Promise<Readonly<Record<string, string>>>;
}
interface ShopWorkerFixtures {
  /** The API, signed in as staff. */
  staff: ShopApi;
}

/** A word that no other test has. */
export const unique = (): string => randomUUID().slice(0, 8).toUpperCase();

export function newAccount(): Omit<Account, 'id'> {
  const word = unique();
  return { email: `buyer-${word.toLowerCase()}@shop.example`, name: `Buyer ${word}`, password: `pass-${word}` };
}

export const staffAccount = {
  email: 'staff@shop.example',
  password: process.env['SHOP_STAFF_PASSWORD'] ?? 'open sesame',
};

/** What cleans up has a slot of its own: when another teardown hangs, Playwright skips those without. */
export const CLEANUP_TIMEOUT_MS = 15_000;

export const test = base.extend<ShopFixtures, ShopWorkerFixtures>({
  shop: async ({ request }, use) => use(new ShopApi(request)),

  buyer: [
    async ({ playwright, baseURL, hub }, use) => {
      // A context of its own: cookies that the test collects in `request` must not sign the buyer out.
      const own = { baseURL: baseURL ?? '', extraHTTPHeaders: hub.headers };
      const context = hub.watch(await playwright.request.newContext(own));
      const visitor = new ShopApi(context);
      const account = await visitor.signUp(newAccount());
      const token = await visitor.signIn(account);
      const api = visitor.signedInWith(token);
      await use({ ...account, token, api });
      const fresh = visitor.signedInWith(await visitor.signIn(account));
      await fresh.remove('/api/users/me');
      await context.dispose();
    },
    { timeout: CLEANUP_TIMEOUT_MS },
  ],

  makeProduct: [
    async ({ staff }, use) => {
      const made: string[] = [];
      await use(async (wish = {}) => {
        const word = unique();
        const product = {
          sku: `TEST-${word}`,
          name: `Tin ${word}`,
          category: 'Tests',
          priceCents: 1250,
          stock: 10,
          ...wish,
        };
        const response = await staff.send('POST', '/api/products', product);
        await expect(response).toBeOK();
        made.push(product.sku);
        return product;
      });
      for (const sku of made) await staff.remove(`/api/products/${sku}`);
    },
    { timeout: CLEANUP_TIMEOUT_MS },
  ],

  product: async ({ makeProduct }, use) => use(await makeProduct()),

  trouble: [
    async ({}, use) => {
      const switches = connectSwitches(
        process.env['E2E_CONTROL_URL'] ?? process.env['SHOP_CONTROL_URL'] ?? '',
        process.env['SHOP_CONTROL_TOKEN'] ?? '',
      );
      const set: string[] = [];
      await use(async wish => {
        const id = `e2e-${unique()}`;
        await switches.put(id, { ...wish, header: { name: 'x-shop-test', value: id } });
        set.push(id);
        return { 'x-shop-test': id };
      });
      for (const id of set) await switches.remove(id);
    },
    { timeout: CLEANUP_TIMEOUT_MS },
  ],

  staff: [
    async ({ playwright }, use, workerInfo) => {
      const { baseURL } = workerInfo.project.use;
      const context = await playwright.request.newContext({
        baseURL: baseURL ?? '',
        extraHTTPHeaders: {},
      });
      const visitor = new ShopApi(context);
      await use(visitor.signedInWith(await visitor.signIn(staffAccount)));
      await context.dispose();
    },
    { scope: 'worker' },
  ],
});
