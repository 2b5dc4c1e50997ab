/** What tests put into the shop: each under a name that no other test has, and gone after the test. */
import { type DataContext, define } from '@quality-hub/test/data';
import { z } from 'zod';
import { SignUpPage } from './page-objects/sign-up-page.ts';
import { signInStaff } from './staff-session.ts';

const newAccount = z.object({ email: z.string(), name: z.string(), password: z.string() });
const newProduct = z.object({
  sku: z.string(),
  name: z.string(),
  category: z.string(),
  priceCents: z.number(),
  stock: z.number(),
});
const newCoupon = z.object({ code: z.string(), percent: z.number(), maxUses: z.number(), expiresAt: z.string() });

/** `E2E_NAMES=fixed` shows what happens without names of one's own: every test has the same, and they meet. */
const wordOf = (unique: (word: string) => string, word: string): string =>
  process.env['E2E_NAMES'] === 'fixed' ? `${word}-1` : unique(word);

/** An account of a buyer. With it go its cart and its orders. */
export const account = define('account', {
  schema: newAccount.extend({ id: z.string() }),
  input: newAccount,
  key: 'email',
  secret: ['password'],
  build: ({ unique }) => {
    const word = wordOf(unique, 'buyer');
    return { email: `${word}@shop.example`, name: `Buyer ${word}`, password: passwordOf(`${word}@shop.example`) };
  },
  create: {
    api: async ({ email, name, password }, { api }) => {
      const made = await api.post('/api/users', { json: { email, name, password } }).json<{ id: string }>();
      return { id: made.id, email, name, password };
    },
    page: async ({ email, name, password }, { page }) => {
      await new SignUpPage(page).signUp({ email, name, password });
      await page.getByRole('heading', { name: `Hello ${name}` }).waitFor();
      const { id } = await (await page.request.get('/api/users/me')).json();
      return { id, email, name, password };
    },
  },
  exists: async ({ email }, context) => (await signInBuyer(email, context)) !== undefined,
  remove: async ({ email }, context) => {
    const token = await signInBuyer(email, context);
    if (token !== undefined) await context.api.delete('/api/users/me', { headers: bearer(token) });
  },
  find: async ({ email }) => ({ email }),
});

/** Ten in stock, €12.50. */
export const product = define('product', {
  schema: newProduct,
  input: newProduct,
  key: 'sku',
  build: ({ unique }) => {
    const word = wordOf(unique, 'tin');
    return { sku: `TEST-${word.toUpperCase()}`, name: `Tin ${word}`, category: 'Tests', priceCents: 1250, stock: 10 };
  },
  create: {
    api: async (wish, { api }) => {
      await api.post('/api/products', { json: wish, headers: bearer(await signInStaff(api)) });
      return wish;
    },
  },
  exists: async ({ sku }, { api }) =>
    (await api.get(`/api/products/${sku}`, { expectStatus: [200, 404] })).status === 200,
  remove: async ({ sku }, { api }) => api.delete(`/api/products/${sku}`, { headers: bearer(await signInStaff(api)) }),
  find: async ({ sku }) => ({ sku }),
});

export const coupon = define('coupon', {
  schema: newCoupon,
  input: newCoupon,
  key: 'code',
  build: ({ unique }) => ({
    code: `TEST-${wordOf(unique, 'coupon').toUpperCase()}`,
    percent: 10,
    maxUses: 1,
    expiresAt: '2099-01-01T00:00:00Z',
  }),
  create: {
    api: async (wish, { api }) => {
      await api.post('/api/coupons', { json: wish, headers: bearer(await signInStaff(api)) });
      return wish;
    },
  },
  remove: async ({ code }, { api }) => api.delete(`/api/coupons/${code}`, { headers: bearer(await signInStaff(api)) }),
  find: async ({ code }) => ({ code }),
});

/** Whoever removes an account must sign in as its owner: the address is all that it has, and all that the ledger keeps. */
function passwordOf(email: string): string {
  return `pass-${email.slice(0, email.indexOf('@'))}`;
}

/** Undefined where there is no such account. */
async function signInBuyer(email: string, { api }: DataContext): Promise<string | undefined> {
  const json = { email, password: passwordOf(email) };
  const answer = await api.post('/api/sessions', { json, expectStatus: [201, 401], idempotent: true });
  return answer.status === 401 ? undefined : (await answer.json<{ token: string }>()).token;
}

function bearer(token: string): { readonly authorization: string } {
  return { authorization: `Bearer ${token}` };
}
