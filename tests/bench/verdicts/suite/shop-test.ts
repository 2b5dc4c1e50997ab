/** The suite's own `test`: a new buyer, a signed-in page, the staff. */
import { randomUUID } from 'node:crypto';
import type { APIRequestContext } from '@playwright/test';
import { test as base, expect } from '@quality-hub/test';
import { type StagePlan, setStage } from './stage.ts';

export interface Account {
  readonly name: string;
  readonly email: string;
  readonly token: string;
  readonly headers: { readonly authorization: string };
}

interface SuiteFixtures {
  stage: StagePlan;
  buyer: Account;
  /** A buyer whose session is in the browser. */
  signedIn: Account;
  staff: Account;
}

export const password = 'long enough for a shop';

export const test = base.extend<SuiteFixtures>({
  stage: [
    async ({ baseURL }, use, info) => use(await setStage(info.title, baseURL ?? '')),
    { auto: true, box: true, timeout: 20_000 },
  ],

  page: async ({ page, stage: { script } }, use) => {
    if (script)
      await page.route('**/shop.js', route => route.fulfill({ contentType: 'text/javascript', body: script }));
    await use(page);
  },

  buyer: async ({ request }, use) => {
    const email = `${randomUUID().slice(0, 8)}@buyers.example`;
    const created = await request.post('/api/users', { data: { email, name: 'Bo Buyer', password } });
    expect(created.status(), 'a new account').toBe(201);
    await use(await signIn(request, email, password));
  },

  signedIn: async ({ buyer, context, baseURL }, use) => {
    await context.addCookies([{ name: 'shop_session', value: buyer.token, url: baseURL ?? '' }]);
    await use(buyer);
  },

  staff: async ({ request }, use) => {
    await use(await signIn(request, 'staff@shop.example', 'open sesame'));
  },
});

async function signIn(request: APIRequestContext, email: string, word: string): Promise<Account> {
  const response = await request.post('/api/sessions', { data: { email, password: word } });
  expect(response.status(), 'a new session').toBe(201);
  const { token, user } = await response.json();
  return { name: user.name, email, token, headers: { authorization: `Bearer ${token}` } };
}

export { expect };
