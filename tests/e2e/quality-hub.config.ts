/** What Quality Hub does for the shop's suite. */
import { defineHub, secret } from '@quality-hub/test/config';

const shop = process.env['SHOP_URL'];

export default defineHub({
  // A shop of the run's own is known by `baseURL` of Playwright's config, once it is open.
  ...(shop === undefined ? {} : { clients: { default: { baseURL: shop } } }),
  secrets: { refs: { cacheKey: 'env:E2E_CACHE_KEY' } },
  cache: { encryptionKey: secret('cacheKey') },
  data: { factories: ['./factories.ts'] },
});
