/** Coupons: a percentage off, a number of uses, an end. */
import type { Queries } from '../database/port.ts';
import { conflict, notFound } from './errors.ts';
import type { Shop } from './shop.ts';

export interface Coupon {
  readonly code: string;
  readonly percent: number;
  readonly maxUses: number;
  readonly used: number;
  readonly expiresAt: string;
}

/** @throws {ShopError} `not_found` (404). */
export async function findCoupon(queries: Pick<Queries, 'get'>, code: string): Promise<Coupon> {
  const row = await queries.get<{
    code: string;
    percent: number;
    max_uses: number;
    used: number;
    expires_at: string;
  }>('SELECT code, percent, max_uses, used, expires_at FROM coupons WHERE code = ?', [code.toUpperCase()]);
  if (!row) throw notFound('coupon', code);
  const { max_uses: maxUses, expires_at: expiresAt, ...rest } = row;
  return { ...rest, maxUses, expiresAt };
}

/** @throws {ShopError} `not_found` (404), `coupon_expired` or `coupon_used_up` (409). */
export async function requireUsable({ database, now }: Shop, code: string): Promise<Coupon> {
  const coupon = await findCoupon(database, code);
  checkUsable(coupon, now());
  return coupon;
}

/** Counts one use. @throws {ShopError} as {@link requireUsable}. */
export async function useCoupon(tx: Queries, code: string, now: Date): Promise<Coupon> {
  const coupon = await findCoupon(tx, code);
  checkUsable(coupon, now);
  // The condition is in the statement: two buyers may hold the last use at the same time.
  const used = await tx.run('UPDATE coupons SET used = used + 1 WHERE code = ? AND used < max_uses', [coupon.code]);
  if (used === 0) throw usedUp(coupon);
  return coupon;
}

/** @throws {ShopError} `coupon_taken` (409). */
export async function addCoupon(
  { database }: Shop,
  coupon: { code: string; percent: number; maxUses: number; expiresAt: string },
): Promise<Coupon> {
  const code = coupon.code.toUpperCase();
  const known = await database.get('SELECT code FROM coupons WHERE code = ?', [code]);
  if (known) throw conflict('coupon_taken', `There is already a coupon ${code}`);
  await database.run('INSERT INTO coupons (code, percent, max_uses, used, expires_at) VALUES (?, ?, ?, 0, ?)', [
    code,
    coupon.percent,
    coupon.maxUses,
    coupon.expiresAt,
  ]);
  return findCoupon(database, code);
}

/** @throws {ShopError} `not_found` (404). */
export async function removeCoupon({ database }: Shop, code: string): Promise<void> {
  const removed = await database.run('DELETE FROM coupons WHERE code = ?', [code.toUpperCase()]);
  if (removed === 0) throw notFound('coupon', code);
}

function checkUsable(coupon: Coupon, now: Date): void {
  if (coupon.expiresAt <= now.toISOString()) {
    throw conflict('coupon_expired', `Coupon ${coupon.code} ended at ${coupon.expiresAt}`);
  }
  if (coupon.used >= coupon.maxUses) throw usedUp(coupon);
}

const usedUp = (coupon: Coupon) =>
  conflict('coupon_used_up', `Coupon ${coupon.code} has been used ${coupon.maxUses} of ${coupon.maxUses} times`);
