/**
 * The shop's suite as it would be written without Quality Hub: the same checks, with Playwright alone. Each test signs in by
 * itself, waits until the network is quiet, makes up its names and cleans up by hand.
 */
import { randomUUID } from 'node:crypto';
import { test as base, expect, type Page } from '@playwright/test';
import { SignUpPage } from '../../../e2e/page-objects/sign-up-page.ts';
import { type Account, type Product, ShopApi } from '../../../e2e/shop-api.ts';
import { connectSwitches, type SwitchInput } from '../../../shop/src/index.ts';
import { catalogue, readCatalogue, type Sold } from './datasets.ts';
import { account, type Kind, product } from './factories.ts';

export type { Account, Cart, Order, Product } from '../../../e2e/shop-api.ts';
export { account, expect, ShopApi };

export interface Buyer extends Account {
  readonly token: string;
  readonly api: ShopApi;
}

export const staffAccount = {
  email: 'staff@shop.example',
  password: process.env['SHOP_STAFF_PASSWORD'] ?? 'open sesame',
};

const unique = (word = 'x'): string => `${word}-${randomUUID().slice(0, 8)}`;

/** What the specs ask of test data, by hand. */
class PlainData {
  readonly #visitor: ShopApi;
  readonly #page: Page | undefined;
  readonly #made: Omit<Account, 'id'>[];

  constructor(visitor: ShopApi, made: Omit<Account, 'id'>[] = [], page?: Page) {
    this.#visitor = visitor;
    this.#made = made;
    this.#page = page;
  }

  readonly unique = unique;

  build<T>(kind: Kind<T>, given: Partial<T> = {}): T {
    return { ...kind.build(unique), ...given };
  }

  with({ page }: { readonly page: Page }): PlainData {
    return new PlainData(this.#visitor, this.#made, page);
  }

  async create(kind: typeof account, given = {}, _options: { readonly via?: 'page' } = {}): Promise<Account> {
    const own = this.build(kind, given);
    if (this.#page) await new SignUpPage(this.#page).signUp(own);
    const made = this.#page ? { ...own, id: '' } : await this.#visitor.signUp(own);
    this.#made.push(own);
    return made;
  }

  /** Nobody knows what other tests take. */
  async claim(_kind: string, _value: string, _options?: object): Promise<void> {}

  async removeAll(): Promise<void> {
    for (const own of this.#made) {
      const token = await this.#visitor.signIn(own);
      await this.#visitor.signedInWith(token).remove('/api/users/me');
    }
  }
}

/** A worker takes the one that its number leads to, and hopes that nobody else runs. */
const cashiers = ['casey', 'kim', 'robin'];

interface PlainFixtures {
  shop: ShopApi;
  /** Without cookies of the test. */
  visitor: ShopApi;
  data: PlainData;
  datasets: { open(file: URL): { all(): Promise<readonly Sold[]> } };
  shelf: readonly Product[];
  cashier: ShopApi;
  buyer: Buyer;
  product: Product;
  makeProduct: (wish?: Partial<Product>) => Promise<Product>;
  makeCoupon: (percent: number, maxUses: number, code?: string) => Promise<string>;
  trouble: (wish: Pick<SwitchInput, 'fault' | 'route' | 'when'>) => Promise<Readonly<Record<string, string>>>;
  staff: ShopApi;
}

export const test = base.extend<PlainFixtures>({
  page: async ({ page }, use) => {
    const goTo = page.goto.bind(page);
    page.goto = (url, options) => goTo(url, { waitUntil: 'networkidle', ...options });
    await use(page);
  },

  shop: async ({ request }, use) => use(new ShopApi(request)),

  visitor: async ({ playwright, baseURL }, use) => {
    const context = await playwright.request.newContext({ baseURL: baseURL ?? '' });
    await use(new ShopApi(context));
    await context.dispose();
  },

  data: async ({ visitor }, use) => {
    const data = new PlainData(visitor);
    await use(data);
    await data.removeAll();
  },

  datasets: async ({ shop: _ }, use) => use({ open: file => ({ all: async () => readCatalogue(file) }) }),

  staff: async ({ visitor }, use) => use(visitor.signedInWith(await visitor.signIn(staffAccount))),

  shelf: async ({ datasets, shop }, use) => {
    const listed = await datasets.open(catalogue).all();
    const found = await Promise.all(listed.map(({ sku }) => shop.product(sku)));
    expect(found).toEqual(listed.map(product => expect.objectContaining({ ...product })));
    await use(found);
  },

  cashier: async ({ visitor }, use, testInfo) => {
    const email = `${cashiers[testInfo.parallelIndex % cashiers.length]}@shop.example`;
    const cashier = visitor.signedInWith(await visitor.signIn({ ...staffAccount, email }));
    await use(cashier);
    await cashier.remove('/api/cart');
  },

  buyer: async ({ visitor, data }, use) => {
    const own = await data.create(account);
    const token = await visitor.signIn(own);
    await use({ ...own, token, api: visitor.signedInWith(token) });
  },

  makeProduct: async ({ staff }, use) => {
    const made: string[] = [];
    await use(async (wish = {}) => {
      const own = { ...product.build(unique), ...wish };
      await expect(await staff.send('POST', '/api/products', own)).toBeOK();
      made.push(own.sku);
      return own;
    });
    for (const sku of made) await staff.remove(`/api/products/${sku}`);
  },
  makeCoupon: async ({ staff }, use) => {
    const made: string[] = [];
    await use(async (percent, maxUses, code = unique('TEST').toUpperCase()) => {
      const coupon = { code, percent, maxUses, expiresAt: '2099-01-01T00:00:00Z' };
      await expect(await staff.send('POST', '/api/coupons', coupon)).toBeOK();
      made.push(code);
      return code;
    });
    for (const code of made) await staff.remove(`/api/coupons/${code}`);
  },
  product: async ({ makeProduct }, use) => use(await makeProduct()),

  trouble: async ({ data }, use) => {
    const { SHOP_CONTROL_URL = '', SHOP_CONTROL_TOKEN = '' } = process.env;
    const switches = connectSwitches(SHOP_CONTROL_URL, SHOP_CONTROL_TOKEN);
    const set: string[] = [];
    await use(async wish => {
      const id = data.unique('e2e');
      await switches.put(id, { ...wish, header: { name: 'x-shop-test', value: id } });
      set.push(id);
      return { 'x-shop-test': id };
    });
    for (const id of set) await switches.remove(id);
  },
});
