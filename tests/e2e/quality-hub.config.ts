/** What Quality Hub does for the shop's suite. */
import { defineHub, secret } from '@quality-hub/test/config';

const shop = process.env['SHOP_URL'];
const cashier = (name: string) => ({ email: `${name}@shop.example`, password: secret('staffPassword') });

export default defineHub({
  // A shop of the run's own is known by `baseURL` of Playwright's config, once it is open.
  ...(shop === undefined ? {} : { clients: { default: { baseURL: shop } } }),
  secrets: { refs: { cacheKey: 'env:E2E_CACHE_KEY', staffPassword: 'env:SHOP_STAFF_PASSWORD' } },
  cache: { encryptionKey: secret('cacheKey') },
  data: { factories: ['./factories.ts'] },
  pools: {
    // The shop has these three, each with one cart: two tests at one till would sell each other's goods.
    cashiers: {
      members: ['casey', 'kim', 'robin'].map(cashier),
      name: 'email',
      reset: async ({ email }, { client, secret: open, signal }) => {
        const login = { email, password: (await open('staffPassword')).reveal() };
        const { token } = await client()
          .post('/api/sessions', { json: login, idempotent: true, signal })
          .json<{ token: string }>();
        await client().delete('/api/cart', { headers: { authorization: `Bearer ${token}` }, signal });
      },
    },
  },
});
