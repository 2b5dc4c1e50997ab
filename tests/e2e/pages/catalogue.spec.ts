import { CataloguePage } from '../page-objects/catalogue-page.ts';
import { ProductPage } from '../page-objects/product-page.ts';
import { expect, test } from '../test.ts';

test.describe('catalogue pages', { tag: '@catalogue' }, () => {
  test('the first page shows products with their prices', { tag: '@smoke' }, async ({ page }) => {
    const catalogue = new CataloguePage(page);
    await catalogue.open({ pageSize: '100' });
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Catalogue');
    await expect.soft(catalogue.card('Blue mug')).toContainText('€14.99');
    await expect.soft(catalogue.card('Whistling kettle')).toContainText('€49.95');
    await expect.soft(catalogue.card('Gift box & ribbon')).toContainText('In stock');
  });

  test('the search finds what has the word', async ({ page }) => {
    const catalogue = new CataloguePage(page);
    await catalogue.open();
    await catalogue.search('coffee');
    await expect(catalogue.cards).toHaveCount(2);
    await expect(page.getByLabel('Search')).toHaveValue('coffee');
  });

  test('a search that finds nothing says so', async ({ page }) => {
    const catalogue = new CataloguePage(page);
    await catalogue.open({ search: 'submarine' });
    await expect(page.getByText('0 products')).toBeVisible();
  });

  test('a category shows its products alone', async ({ page }) => {
    const catalogue = new CataloguePage(page);
    await catalogue.open();
    await catalogue.chooseCategory('Books');
    await expect(catalogue.cards).toHaveText([/Reading tea leaves/, /The art of brewing/]);
  });

  test('a card leads to the product', async ({ page, product }) => {
    const catalogue = new CataloguePage(page);
    await catalogue.open({ search: product.name });
    await catalogue.card(product.name).getByRole('link').click();
    await expect(new ProductPage(page).heading).toHaveText(product.name);
    await expect(page.getByText('10 in stock')).toBeVisible();
  });

  test('a name with special characters is shown as it is', async ({ page, makeProduct }) => {
    const product = await makeProduct({ name: '<b>Bold</b> & "Brave"' });
    await new ProductPage(page).open(product.sku);
    await expect(new ProductPage(page).heading).toHaveText('<b>Bold</b> & "Brave"');
  });

  test('an unknown product has a page that says so', async ({ page }) => {
    const response = await page.goto('/products/NO-SUCH-THING');
    expect(response?.status()).toBe(404);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Not found');
  });
});
