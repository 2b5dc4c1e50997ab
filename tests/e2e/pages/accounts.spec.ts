import { SignInPage } from '../page-objects/sign-in-page.ts';
import { SignUpPage } from '../page-objects/sign-up-page.ts';
import { account, expect, test } from '../test.ts';

test.describe('account pages', { tag: '@accounts' }, () => {
  test('a visitor creates an account', async ({ page, data }) => {
    const made = await data.with({ page }).create(account, {}, { via: 'page' });
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Hello ${made.name}`);
    await expect(page.getByText(made.email)).toBeVisible();
  });

  test('a short password is refused with the reason', async ({ page, data }) => {
    const signUp = new SignUpPage(page);
    await signUp.signUp({ ...data.build(account), password: 'short' });
    await expect(signUp.problem).toHaveText('password: take at least 8 characters');
  });

  test('a buyer signs in and out', async ({ page, buyer }) => {
    await test.step('in', async () => {
      await new SignInPage(page).signIn(buyer);
      await expect(page.getByRole('link', { name: buyer.name })).toBeVisible();
    });
    await test.step('out', async () => {
      await page.getByRole('button', { name: 'Sign out' }).click();
      await expect(page.getByRole('link', { name: 'Sign in' })).toBeVisible();
    });
  });

  test('a wrong password is told kindly', async ({ page, buyer }) => {
    const signIn = new SignInPage(page);
    await signIn.signIn({ ...buyer, password: 'not the one' });
    await expect(signIn.problem).toHaveText('The e-mail address or the password is wrong');
  });

  test('who needs an account is led to sign-in and back', async ({ page, buyer }) => {
    await page.goto('/orders');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sign in');
    await new SignInPage(page).fillIn(buyer);
    await expect(page).toHaveURL('/orders');
    await expect(page.getByText('No orders yet.')).toBeVisible();
  });

  test('a session that has ended is told as such', async ({ page, buyer }) => {
    const { email, password } = buyer;
    const session = await (
      await page.request.post('/api/sessions', { data: { email, password, lifetimeMs: 0 } })
    ).json();
    const url = new URL(page.url() === 'about:blank' ? (test.info().project.use.baseURL ?? '') : page.url());
    await page.context().addCookies([{ name: 'shop_session', value: session.token, domain: url.hostname, path: '/' }]);
    await page.goto('/account');
    await expect(new SignInPage(page).problem).toHaveText('Your session has expired. Sign in again.');
  });
});
