import type { Locator, Page } from '@playwright/test';

export class StockPage {
  readonly page: Page;
  readonly message: Locator;

  constructor(page: Page) {
    this.page = page;
    this.message = page.locator('#message');
  }

  async open(search = ''): Promise<void> {
    await this.page.goto(`/staff/stock?${new URLSearchParams({ search })}`);
  }

  countOf(product: string): Locator {
    return this.page.getByLabel(`Stock of ${product}`);
  }

  async save(product: string, count: number): Promise<void> {
    await this.countOf(product).fill(String(count));
    await this.page.getByRole('row').filter({ hasText: product }).getByRole('button', { name: 'Save' }).click();
  }
}
