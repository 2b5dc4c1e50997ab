/** What is in the shop when it opens. Runs at each start; what is there stays. */
import { ensureAccount, keepToken } from '../domain/accounts.ts';
import type { DayPlan } from '../start/days.ts';
import type { Database } from './port.ts';

export const staffEmail = 'staff@shop.example';
/** At the till. They have the password of the staff. */
const cashiers = ['Casey', 'Kim', 'Robin'];
export const welcomeCoupon = 'WELCOME10';

interface SeedProduct {
  readonly sku: string;
  readonly name: string;
  readonly category: string;
  readonly priceCents: number;
}

export const seedProducts: readonly SeedProduct[] = [
  { sku: 'TEA-ASSAM', name: 'Assam tea', category: 'Tea', priceCents: 795 },
  { sku: 'TEA-GREEN', name: 'Green tea', category: 'Tea', priceCents: 650 },
  { sku: 'TEA-MINT', name: 'Mint tea', category: 'Tea', priceCents: 499 },
  { sku: 'COFFEE-HOUSE', name: 'House coffee', category: 'Coffee', priceCents: 1190 },
  { sku: 'COFFEE-DECAF', name: 'Decaf coffee', category: 'Coffee', priceCents: 1250 },
  { sku: 'MUG-BLUE', name: 'Blue mug', category: 'Kitchen', priceCents: 1499 },
  { sku: 'MUG-WHITE', name: 'White mug', category: 'Kitchen', priceCents: 1299 },
  { sku: 'KETTLE', name: 'Whistling kettle', category: 'Kitchen', priceCents: 4995 },
  { sku: 'POT-GLASS', name: 'Glass tea pot', category: 'Kitchen', priceCents: 3450 },
  { sku: 'BOOK-BREWING', name: 'The art of brewing', category: 'Books', priceCents: 2200 },
  { sku: 'BOOK-LEAVES', name: 'Reading tea leaves', category: 'Books', priceCents: 1875 },
  { sku: 'GIFT-BOX', name: 'Gift box & ribbon', category: 'Gifts', priceCents: 990 },
];

export interface SeedOptions {
  readonly plan: DayPlan;
  readonly staffPassword: string;
  readonly warehouseToken: string | undefined;
  readonly now: Date;
}

export async function seed(
  database: Database,
  { plan, staffPassword, warehouseToken, now }: SeedOptions,
): Promise<void> {
  await database.transaction(async tx => {
    for (const { sku, name, category, priceCents } of seedProducts) {
      await tx.run(
        'INSERT INTO products (sku, name, category, description, price_cents) VALUES (?, ?, ?, ?, ?) ON CONFLICT (sku) DO NOTHING',
        [sku, name, category, `${name} of our own choice.`, priceCents],
      );
      await tx.run('INSERT INTO stock (sku, count) VALUES (?, ?) ON CONFLICT (sku) DO NOTHING', [sku, 100_000]);
    }
    await tx.run(
      'INSERT INTO coupons (code, percent, max_uses, used, expires_at) VALUES (?, 10, ?, 0, ?) ON CONFLICT (code) DO UPDATE SET max_uses = excluded.max_uses',
      [welcomeCoupon, plan.welcomeUses, '2099-12-31T00:00:00.000Z'],
    );
    await tx.run(
      "INSERT INTO coupons (code, percent, max_uses, used, expires_at) VALUES ('SUMMER19', 15, 1000, 0, '2019-09-30T00:00:00.000Z') ON CONFLICT (code) DO NOTHING",
    );
  });
  const shop = { database, now: () => now };
  await ensureAccount(shop, { email: staffEmail, name: 'Sam Staff', password: staffPassword, role: 'staff' });
  for (const name of cashiers) {
    const email = `${name.toLowerCase()}@shop.example`;
    await ensureAccount(shop, { email, name: `${name} Cashier`, password: staffPassword, role: 'staff' });
  }
  if (!warehouseToken) return;
  const userId = await ensureAccount(shop, {
    email: 'warehouse@shop.example',
    name: 'Warehouse',
    password: warehouseToken,
    role: 'warehouse',
  });
  const expiresAt = new Date(now.getTime() + plan.warehouseTokenMs).toISOString();
  await keepToken(database, { token: warehouseToken, userId, expiresAt });
}
