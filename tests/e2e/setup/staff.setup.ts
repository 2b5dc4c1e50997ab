/** Signs the staff in once; the pages of the staff start from here. */

import { SignInPage } from '../page-objects/sign-in-page.ts';
import { staffStateVariable } from '../run-settings.ts';
import { expect, test as setup, staffAccount } from '../test.ts';

setup('the staff signs in', async ({ page }) => {
  await new SignInPage(page).signIn(staffAccount);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Hello Sam Staff');
  await page.context().storageState({ path: process.env[staffStateVariable] ?? '' });
});
