import type { Locator, Page } from '@playwright/test';

export class OrderPage {
  readonly page: Page;
  readonly heading: Locator;
  readonly status: Locator;
  readonly discount: Locator;
  readonly total: Locator;
  readonly lines: Locator;
  readonly message: Locator;

  constructor(page: Page) {
    this.page = page;
    this.heading = page.getByRole('heading', { level: 1 });
    this.status = page.getByTestId('status');
    this.discount = page.getByTestId('discount');
    this.total = page.getByTestId('total');
    this.lines = page.getByRole('list', { name: 'Lines' }).getByRole('listitem');
    this.message = page.locator('#message');
  }

  async open(id: string): Promise<void> {
    await this.page.goto(`/orders/${id}`);
  }

  async payByCard(card = '4242424242424242'): Promise<void> {
    await this.page.getByLabel('Card number').fill(card);
    await this.page.getByRole('button', { name: 'Pay by card' }).click();
  }

  async payByInvoice(): Promise<void> {
    await this.page.getByRole('button', { name: 'Pay by invoice' }).click();
  }

  async cancel(): Promise<void> {
    await this.page.getByRole('button', { name: 'Cancel order' }).click();
  }
}
