import type { Page } from '@playwright/test';
import { type Buyer, expect } from './test.ts';

/** Gives the page the buyer's session without the way through the form. */
export async function signInPage(page: Page, { email, password }: Buyer): Promise<void> {
  await expect(await page.request.post('/api/sessions', { data: { email, password } })).toBeOK();
}
