/** What tests of the suite put into the shop. */
import { type DataContext, define } from '@quality-hub/test/data';
import { z } from 'zod';

const newAccount = z.object({ email: z.string(), name: z.string(), password: z.string() });
const voucherFields = z.object({ code: z.string(), percent: z.number(), maxUses: z.number(), expiresAt: z.string() });

export const account = define('account', {
  schema: newAccount.extend({ id: z.string() }),
  input: newAccount,
  key: 'email',
  secret: ['password'],
  build: ({ unique }) => ({
    email: `${unique('buyer')}@buyers.example`,
    name: 'Bo Buyer',
    password: 'long enough for a shop',
  }),
  create: {
    api: async (input, { api }) => ({
      ...(await api.post('/api/users', { json: input }).json<{ id: string }>()),
      ...input,
    }),
  },
  remove: async ({ email }, context) => {
    const token = await signIn(email, 'long enough for a shop', context);
    if (token) await context.api.delete('/api/users/me', { headers: { authorization: `Bearer ${token}` } });
  },
});

/** There is one for each season: its code is printed on paper. */
export const voucher = define('voucher', {
  schema: voucherFields,
  input: voucherFields,
  key: 'code',
  build: () => ({ code: 'AUTUMN-5', percent: 5, maxUses: 1, expiresAt: '2099-01-01T00:00:00Z' }),
  create: {
    api: async (input, context) => {
      const token = await signIn('staff@shop.example', input.code === 'WINTER-5' ? 'winter' : 'open sesame', context);
      await context.api.post('/api/coupons', { json: input, headers: { authorization: `Bearer ${token}` } });
      return input;
    },
  },
  remove: ({ code }, { api }) => api.delete(`/api/coupons/${code}`),
});

async function signIn(email: string, password: string, { api }: DataContext): Promise<string | undefined> {
  const json = { email, password };
  const answer = await api.post('/api/sessions', { json, expectStatus: [201, 401], idempotent: true });
  return answer.status === 401 ? undefined : (await answer.json<{ token: string }>()).token;
}
