import { expect, test } from '../test.ts';

test('the lookbook shows three looks', { tag: '@catalogue' }, async ({ page }) => {
  await page.goto('/lookbook');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Lookbook');
  await expect(page.getByRole('list', { name: 'Looks' }).getByRole('listitem')).toHaveCount(3);
});
