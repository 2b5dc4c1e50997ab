import type { Locator, Page } from '@playwright/test';

export class CataloguePage {
  readonly page: Page;
  readonly cards: Locator;

  constructor(page: Page) {
    this.page = page;
    this.cards = page.getByRole('list', { name: 'Products' }).getByRole('listitem');
  }

  async open(query: Record<string, string> = {}): Promise<void> {
    await this.page.goto(`/?${new URLSearchParams(query)}`);
  }

  async search(words: string): Promise<void> {
    await this.page.getByLabel('Search').fill(words);
    await this.page.getByRole('button', { name: 'Search' }).click();
  }

  async chooseCategory(name: string): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Categories' }).getByRole('link', { name }).click();
  }

  card(name: string): Locator {
    return this.cards.filter({ hasText: name });
  }
}
