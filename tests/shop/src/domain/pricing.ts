/** What a cart costs. Amounts are whole cents. */
import type { BugName } from './bugs.ts';

export interface PricedLine {
  readonly priceCents: number;
  readonly quantity: number;
}
export interface Price {
  readonly subtotalCents: number;
  readonly discountCents: number;
  readonly totalCents: number;
}

export function lineTotal({ priceCents, quantity }: PricedLine, bugs: ReadonlySet<BugName>): number {
  const charged = bugs.has('third-one-free') && quantity >= 3 ? quantity - 1 : quantity;
  return priceCents * charged;
}

/** @param percent discount of the coupon, 0 without one. Fractions of a cent go to the buyer. */
export function priceOf(lines: readonly PricedLine[], percent: number, bugs: ReadonlySet<BugName>): Price {
  const subtotalCents = lines.reduce((sum, line) => sum + lineTotal(line, bugs), 0);
  const discountCents = Math.ceil((subtotalCents * percent) / 100);
  const totalCents = bugs.has('coupon-adds') ? subtotalCents + discountCents : subtotalCents - discountCents;
  return { subtotalCents, discountCents, totalCents };
}

export function formatEuro(cents: number): string {
  return `€${(cents / 100).toFixed(2)}`;
}
