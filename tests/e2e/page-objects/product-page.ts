import type { Locator, Page } from '@playwright/test';

export class ProductPage {
  readonly page: Page;
  readonly heading: Locator;
  readonly message: Locator;

  constructor(page: Page) {
    this.page = page;
    this.heading = page.getByRole('heading', { level: 1 });
    this.message = page.locator('#message');
  }

  async open(sku: string): Promise<void> {
    await this.page.goto(`/products/${sku}`);
  }

  async addToCart(quantity = 1): Promise<void> {
    await this.page.getByLabel('Quantity').fill(String(quantity));
    await this.page.getByRole('button', { name: 'Add to cart' }).click();
  }
}
