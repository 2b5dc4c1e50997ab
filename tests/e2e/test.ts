/** The suite's `test`: every spec imports from here. Each test has its own buyer and, when it asks, its own product. */
import { test as base, expect } from '@quality-hub/test';
import { connectSwitches, type SwitchInput } from '../shop/src/index.ts';
import { account, coupon, product } from './factories.ts';
import { type Account, type Product, ShopApi } from './shop-api.ts';
import { staffAccount, useStaffToken } from './staff-session.ts';

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
  /** A new account, gone after the test with all its orders. */
  buyer: Buyer;
  /** A product of this test alone: ten in stock, €12.50. */
  product: Product;
  /** Makes further products of this test. */
  makeProduct: (wish?: Partial<Product>) => Promise<Product>;
  /** Makes a coupon of this test alone; gives its code. */
  makeCoupon: (percent: number, maxUses: number) => Promise<string>;
  /** Switches a trouble on for the calls of this test alone; gives the API that meets it. */
  trouble: (wish: Pick<SwitchInput, 'fault' | 'route' | 'when'>) => Promise<Readonly<Record<string, string>>>;
}
interface ShopWorkerFixtures {
  /** The API, signed in as staff. */
  staff: ShopApi;
}

/** What cleans up has a slot of its own: when another teardown hangs, Playwright skips those without. */
const CLEANUP_TIMEOUT_MS = 15_000;
/** The shop's own sessions last eight hours. */
const STAFF_SESSION_MS = 3_600_000;

export const test = base.extend<ShopFixtures, ShopWorkerFixtures>({
  shop: async ({ request }, use) => use(new ShopApi(request)),

  buyer: [
    async ({ playwright, baseURL, hub, data }, use) => {
      const own = await data.create(account);
      // A context of its own: cookies that the test collects in `request` must not sign the buyer out.
      const options = { baseURL: baseURL ?? '', extraHTTPHeaders: hub.headers };
      const context = hub.watch(await playwright.request.newContext(options));
      const visitor = new ShopApi(context);
      const token = await visitor.signIn(own);
      await use({ ...own, token, api: visitor.signedInWith(token) });
      await context.dispose();
    },
    { timeout: CLEANUP_TIMEOUT_MS },
  ],

  // The session of the staff is there before products are.
  makeProduct: async ({ data, staff }, use) => {
    void staff;
    await use(wish => data.create(product, wish));
  },
  makeCoupon: async ({ data, staff }, use) => {
    void staff;
    await use(async (percent, maxUses) => (await data.create(coupon, { percent, maxUses })).code);
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
      // One worker of the run signs in, the others have its token.
      const token = await cache.getOrLoad(`staff of ${baseURL}`, () => visitor.signIn(staffAccount), {
        ttlMs: STAFF_SESSION_MS,
        version: process.env['E2E_CACHE_KEY'] ?? '',
        secret: true,
      });
      useStaffToken(token);
      await use(visitor.signedInWith(token));
      await context.dispose();
    },
    { scope: 'worker' },
  ],
});
