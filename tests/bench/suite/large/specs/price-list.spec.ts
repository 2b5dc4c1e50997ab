/** In both suites: what the shop takes for a product is more than what its supplier does. */
import { priceOf } from '../price-list.ts';
import { expect, test } from '../test.ts';

for (const sku of ['MUG-BLUE', 'TEA-ASSAM', 'KETTLE', 'GIFT-BOX']) {
  test(`the shop earns something with ${sku}`, async ({ shop }) => {
    const price = await priceOf(process.env['PRICE_LIST'] ?? '', sku);
    expect(price?.costCents).toBeGreaterThan(0);
    expect((await shop.product(sku)).priceCents).toBeGreaterThan(price?.costCents ?? 0);
  });
}
