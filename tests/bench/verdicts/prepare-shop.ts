/** The shop as the suite expects it, and as it should not be: what is scarce, what is gone, what was left behind. */

const products = [
  { sku: 'LAMP-OAK', name: 'Oak lamp', category: 'Gifts', priceCents: 5900, stock: 1 },
  { sku: 'TEA-OOLONG', name: 'Oolong tea', category: 'Oolong', priceCents: 899, stock: 0 },
  { sku: 'TRAY-BAMBOO', name: 'Bamboo tray', category: 'Trays', priceCents: 2490, stock: 12 },
  { sku: 'TIN-SMALL', name: 'Small tin', category: 'Tins', priceCents: 450, stock: 40 },
  { sku: 'CARD-SEASON', name: 'Season card', category: 'Cards', priceCents: 300, stock: 40 },
];
const coupons = ['FRIEND-7Q', 'FRIEND-8R'].map(code => ({
  code,
  percent: 20,
  maxUses: 1,
  expiresAt: '2099-12-31T00:00:00.000Z',
}));
const account = { email: 'anna.winter@buyers.example', name: 'Anna Winter', password: 'kept from last winter' };

/** @throws {Error} when the shop refuses any of it. */
export async function prepareShop(url: string, staffPassword: string): Promise<void> {
  const post = async (path: string, body: object, token?: string): Promise<Record<string, unknown>> => {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`The shop refused POST ${path}: ${response.status} ${await response.text()}`);
    return response.json() as Promise<Record<string, unknown>>;
  };
  const { token } = await post('/api/sessions', { email: 'staff@shop.example', password: staffPassword });
  for (const product of products) await post('/api/products', product, String(token));
  for (const coupon of coupons) await post('/api/coupons', coupon, String(token));
  await post('/api/users', account);
}
