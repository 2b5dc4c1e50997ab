import { StockPage } from '../page-objects/stock-page.ts';
import { staffStateVariable } from '../run-settings.ts';
import { signInPage } from '../signed-in-page.ts';
import { expect, test } from '../test.ts';

test.describe('pages of the staff', { tag: '@stock' }, () => {
  test.use({ storageState: async ({}, use) => use(process.env[staffStateVariable]) });

  test('the staff finds the stock from the account', async ({ page }) => {
    await page.goto('/account');
    await page.getByRole('main').getByRole('link', { name: 'Stock' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Stock');
  });

  test('the staff sets the stock', async ({ page, shop, product }) => {
    const stock = new StockPage(page);
    await stock.open(product.name);
    await expect(stock.countOf(product.name)).toHaveValue('10');
    await stock.save(product.name, 25);
    await expect(stock.message).toHaveText(`25 × ${product.name} in stock`);
    expect(await shop.stockOf(product.sku)).toBe(25);
  });
});

test('a buyer does not get to the stock page', { tag: '@stock' }, async ({ page, buyer }) => {
  await signInPage(page, buyer);
  const response = await page.goto('/staff/stock');
  expect(response?.status()).toBe(403);
  await expect(page.getByRole('alert')).toContainText('needs the role staff');
});
