import type { Locator, Page } from '@playwright/test';

export class SignUpPage {
  readonly page: Page;
  readonly problem: Locator;

  constructor(page: Page) {
    this.page = page;
    this.problem = page.getByRole('alert');
  }

  async signUp(account: { name: string; email: string; password: string }): Promise<void> {
    await this.page.goto('/sign-up');
    await this.page.getByLabel('Name').fill(account.name);
    await this.page.getByLabel('E-mail').fill(account.email);
    await this.page.getByLabel('Password').fill(account.password);
    await this.page.getByRole('button', { name: 'Create account' }).click();
  }
}
