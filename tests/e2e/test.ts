/** The suite's `test`: every spec imports from here. Each test has its own buyer and, when it asks, its own product. */
import { test as base, expect } from '@quality-hub/test';
import { connectSwitches, type SwitchInput } from '../shop/src/index.ts';
import { catalogue } from './datasets.ts';
import { account, coupon, product } from './factories.ts';
import { type Account, type Product, ShopApi } from './shop-api.ts';
import { keptSession, staffAccount, useStaffToken } from './staff-session.ts';

export type { Account, Cart, Order, Product } from './shop-api.ts';
export { account, expect, ShopApi, staffAccount };

export interface Buyer extends Account {
  readonly token: string;
  /** The API, signed in as this buyer. */
  readonly api: ShopApi;
}

interface ShopFixtures {
  /** The shop without an account. */
  shop: ShopApi;
  /** The same, with cookies of its own: those that the test collects in `request` must not sign anybody out. */
  visitor: ShopApi;
  /** What the shop sells of the catalogue: looked at once in a run, for all tests that rely on it. */
  shelf: readonly Product[];
  /** One of the shop's cashiers, whom no other test has meanwhile, with an empty cart. */
  cashier: ShopApi;
  /** A new account, gone after the test with all its orders. */
  buyer: Buyer;
  /** A product of this test alone: ten in stock, €12.50. */
  product: Product;
  /** Makes further products of this test. */
  makeProduct: (wish?: Partial<Product>) => Promise<Product>;
  /** Makes a coupon of this test alone; gives its code. */
  makeCoupon: (percent: number, maxUses: number, code?: string) => Promise<string>;
  /** Switches a trouble on for the calls of this test alone; gives the API that meets it. */
  trouble: (wish: Pick<SwitchInput, 'fault' | 'route' | 'when'>) => Promise<Readonly<Record<string, string>>>;
}
interface ShopWorkerFixtures {
  /** The API, signed in as staff. */
  staff: ShopApi;
}

/** What cleans up has a slot of its own: when another teardown hangs, Playwright skips those without. */
const CLEANUP_TIMEOUT_MS = 15_000;

export const test = base.extend<ShopFixtures, ShopWorkerFixtures>({
  shop: async ({ request }, use) => use(new ShopApi(request)),

  visitor: [
    async ({ playwright, baseURL, hub }, use) => {
      const options = { baseURL: baseURL ?? '', extraHTTPHeaders: hub.headers };
      const context = hub.watch(await playwright.request.newContext(options));
      await use(new ShopApi(context));
      await context.dispose();
    },
    { timeout: CLEANUP_TIMEOUT_MS },
  ],

  shelf: async ({ once, datasets, shop }, use) => {
    const sold = await once('the shop sells the catalogue', async () => {
      const listed = await datasets.open(catalogue).all();
      const found = await Promise.all(listed.map(({ sku }) => shop.product(sku)));
      expect(found).toEqual(listed.map(product => expect.objectContaining(product)));
      return found;
    });
    await use(sold);
  },

  cashier: async ({ pools, cache, visitor, baseURL }, use) => {
    const { email, password } = await pools.lease('cashiers');
    const token = await keptSession({ email, password: password.reveal() }, { cache, visitor, baseURL: baseURL ?? '' });
    await use(visitor.signedInWith(token));
  },

  buyer: async ({ visitor, data }, use) => {
    const own = await data.create(account);
    const token = await visitor.signIn(own);
    await use({ ...own, token, api: visitor.signedInWith(token) });
  },

  // The session of the staff is there before products are.
  makeProduct: async ({ data, staff }, use) => {
    void staff;
    await use(wish => data.create(product, wish));
  },
  makeCoupon: async ({ data, staff }, use) => {
    void staff;
    await use(async (percent, maxUses, code) => {
      const wish = { percent, maxUses, ...(code === undefined ? {} : { code }) };
      return (await data.create(coupon, wish)).code;
    });
  },

  product: async ({ makeProduct }, use) => use(await makeProduct()),

  trouble: [
    async ({ data }, use) => {
      const switches = connectSwitches(
        process.env['E2E_CONTROL_URL'] ?? process.env['SHOP_CONTROL_URL'] ?? '',
        process.env['SHOP_CONTROL_TOKEN'] ?? '',
      );
      const set: string[] = [];
      await use(async wish => {
        const id = data.unique('e2e');
        await switches.put(id, { ...wish, header: { name: 'x-shop-test', value: id } });
        set.push(id);
        return { 'x-shop-test': id };
      });
      for (const id of set) await switches.remove(id);
    },
    { timeout: CLEANUP_TIMEOUT_MS },
  ],

  staff: [
    async ({ playwright, cache }, use, workerInfo) => {
      const baseURL = workerInfo.project.use.baseURL ?? '';
      const context = await playwright.request.newContext({ baseURL, extraHTTPHeaders: {} });
      const visitor = new ShopApi(context);
      const token = await keptSession(staffAccount, { cache, visitor, baseURL });
      useStaffToken(token);
      await use(visitor.signedInWith(token));
      await context.dispose();
    },
    { scope: 'worker' },
  ],
});
