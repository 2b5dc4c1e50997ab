/** Signs the page in by its form. */
import type { Page } from '@playwright/test';
import { SignInPage } from '../../../e2e/page-objects/sign-in-page.ts';
import type { Buyer } from './test.ts';
import { expect } from './test.ts';

export async function signInPage(page: Page, buyer: Buyer): Promise<void> {
  await new SignInPage(page).signIn(buyer);
  await expect(page.getByRole('link', { name: buyer.name })).toBeVisible();
}
