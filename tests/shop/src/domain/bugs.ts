/** The product bugs that a switch can put into the shop. Each is a mistake that someone could have made. */

export const bugNames = [
  /** Three or more of a product are charged as one less: a "third one free" that should have ended. */
  'third-one-free',
  /** A coupon makes the order dearer. */
  'coupon-adds',
  /** The catalogue shows prices without their cents. */
  'price-without-cents',
  /** An order leaves the stock as it was. */
  'stock-not-taken',
  /** A refund ignores the amount asked for and pays back the subtotal. */
  'refund-of-subtotal',
  /** A paid order stays open. */
  'paid-stays-open',
  /** The search finds only words written as in the catalogue. */
  'search-is-case-sensitive',
  /** The catalogue ignores the order asked for. */
  'sorted-by-name-only',
] as const;

export type BugName = (typeof bugNames)[number];
