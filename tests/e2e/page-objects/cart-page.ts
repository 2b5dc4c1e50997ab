import type { Locator, Page } from '@playwright/test';

export class CartPage {
  readonly page: Page;
  readonly rows: Locator;
  readonly discount: Locator;
  readonly total: Locator;
  readonly message: Locator;

  constructor(page: Page) {
    this.page = page;
    this.rows = page.getByRole('table').locator('tbody').getByRole('row');
    this.discount = page.getByTestId('discount');
    this.total = page.getByTestId('total');
    this.message = page.locator('#message');
  }

  async open(): Promise<void> {
    await this.page.goto('/cart');
  }

  row(product: string): Locator {
    return this.rows.filter({ hasText: product });
  }

  async changeQuantity(product: string, quantity: number): Promise<void> {
    await this.page.getByLabel(`Quantity of ${product}`).fill(String(quantity));
    await this.row(product).getByRole('button', { name: 'Update' }).click();
  }

  async remove(product: string): Promise<void> {
    await this.row(product).getByRole('button', { name: 'Remove' }).click();
  }

  async applyCoupon(code: string): Promise<void> {
    await this.page.getByLabel('Coupon').fill(code);
    await this.page.getByRole('button', { name: 'Apply' }).click();
  }

  async placeOrder(): Promise<void> {
    await this.page.getByRole('button', { name: 'Place order' }).click();
  }
}
