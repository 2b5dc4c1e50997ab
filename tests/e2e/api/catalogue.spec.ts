import { catalogue } from '../datasets.ts';
import { expect, test } from '../test.ts';

test.describe('catalogue', { tag: ['@catalogue', '@smoke'] }, () => {
  for (const category of ['Tea', 'Coffee', 'Kitchen']) {
    test(`the category ${category} has its products`, async ({ shop, datasets }) => {
      const listed = (await datasets.open(catalogue).all()).filter(product => product.category === category);
      expect(listed.length).toBeGreaterThan(1);
      const response = await shop.send('GET', `/api/products?category=${category}`);
      const { products, total } = await response.json();
      expect.soft(total).toBeGreaterThanOrEqual(listed.length);
      expect.soft(products).toEqual(expect.arrayContaining(listed.map(product => expect.objectContaining(product))));
      for (const product of products) expect.soft(product.category).toBe(category);
    });
  }

  test('the search does not care about capitals', async ({ shop }) => {
    const response = await shop.send('GET', '/api/products?search=MUG');
    const { products } = await response.json();
    expect(products.map((product: { sku: string }) => product.sku)).toEqual(['MUG-BLUE', 'MUG-WHITE']);
  });

  test('products are sorted by price, both ways', async ({ shop, shelf }) => {
    const pricesBy = async (sort: string): Promise<number[]> => {
      const response = await shop.send('GET', `/api/products?category=Kitchen&sort=${sort}`);
      const { products } = await response.json();
      return products.map((product: { priceCents: number }) => product.priceCents);
    };
    const prices = shelf.filter(({ category }) => category === 'Kitchen').map(({ priceCents }) => priceCents);
    expect(await pricesBy('price')).toEqual(prices.toSorted((a, b) => a - b));
    expect(await pricesBy('-price')).toEqual(prices.toSorted((a, b) => b - a));
  });

  test('pages do not overlap', async ({ shop, shelf }) => {
    const skusOf = async (page: number): Promise<string[]> => {
      const response = await shop.send('GET', `/api/products?category=Kitchen&pageSize=2&page=${page}`);
      return (await response.json()).products.map((product: { sku: string }) => product.sku);
    };
    const all = [...(await skusOf(1)), ...(await skusOf(2))];
    const kitchen = shelf.filter(({ category }) => category === 'Kitchen').map(({ sku }) => sku);
    expect(all.toSorted()).toEqual(kitchen.toSorted());
    expect(await skusOf(3)).toEqual([]);
  });

  test('one product has price and stock', async ({ shop, product }) => {
    expect(await shop.product(product.sku)).toMatchObject({ name: product.name, priceCents: 1250, stock: 10 });
  });

  test('an unknown product is not found', async ({ shop }) => {
    const response = await shop.send('GET', '/api/products/NO-SUCH-THING');
    expect(response.status()).toBe(404);
    expect(await response.json()).toEqual({ error: { code: 'not_found', message: 'No product NO-SUCH-THING' } });
  });

  test('a page before the first is refused', async ({ shop }) => {
    const response = await shop.send('GET', '/api/products?page=0');
    expect(response.status()).toBe(400);
    expect((await response.json()).error.message).toContain('page');
  });

  test('the staff changes a price', async ({ shop, staff, product }) => {
    const response = await staff.send('PATCH', `/api/products/${product.sku}`, { priceCents: 999 });
    await expect(response).toBeOK();
    expect(await shop.product(product.sku)).toMatchObject({ priceCents: 999 });
  });

  test('a buyer changes no price', async ({ buyer, product }) => {
    const response = await buyer.api.send('PATCH', `/api/products/${product.sku}`, { priceCents: 1 });
    expect(response.status()).toBe(403);
    expect((await response.json()).error.code).toBe('forbidden');
  });
});
