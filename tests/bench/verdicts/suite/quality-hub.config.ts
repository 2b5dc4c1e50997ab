/** What the suite shares with other workers, and where. */
import { defineHub } from '@quality-hub/test/config';

const redis = process.env['SUITE_REDIS'];

export default defineHub({
  // Without a breaker: what one test switches on is no reason for the next one.
  clients: { default: { baseURL: process.env['SHOP_URL'] ?? '', policy: { breaker: false } } },
  ...(redis ? { state: { kind: 'redis', url: redis } } : {}),
  pools: {
    tills: [{ name: 'till-1' }],
    cashiers: [
      { login: 'c1', labels: ['refunds'] },
      { login: 'c2', labels: ['sales'] },
    ],
    registers: {
      members: [{ name: 'r1' }, { name: 'r2' }],
      check: async ({ name }, { client, signal }) => {
        await client().get(`/api/stock/KETTLE?register=${name}`, { signal });
      },
    },
  },
  data: { factories: ['./factories.ts'], removal: { timeoutMs: 4000 } },
});
