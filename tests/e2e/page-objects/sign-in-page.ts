import type { Locator, Page } from '@playwright/test';

export class SignInPage {
  readonly page: Page;
  readonly problem: Locator;

  constructor(page: Page) {
    this.page = page;
    this.problem = page.getByRole('alert');
  }

  async signIn({ email, password }: { email: string; password: string }): Promise<void> {
    await this.page.goto('/sign-in');
    await this.fillIn({ email, password });
  }

  /** On a page that has already led here. */
  async fillIn({ email, password }: { email: string; password: string }): Promise<void> {
    await this.page.getByLabel('E-mail').fill(email);
    await this.page.getByLabel('Password').fill(password);
    await this.page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
  }
}
