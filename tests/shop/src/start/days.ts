/** What is different on a bad day. Fixed, so that the same tests fail each time, for five causes. */
import type { SwitchInput } from '../switches/schema.ts';

export type Day = 'good' | 'bad';

export interface DayPlan {
  /** How often the shared coupon WELCOME10 can be used. */
  readonly welcomeUses: number;
  /** When the warehouse's token ends, in milliseconds from the start. */
  readonly warehouseTokenMs: number;
  readonly switches: Readonly<Record<string, SwitchInput>>;
}

const hourMs = 60 * 60 * 1000;

export const dayPlans: Readonly<Record<Day, DayPlan>> = {
  good: { welcomeUses: 1_000_000, warehouseTokenMs: 24 * hourMs, switches: {} },
  bad: {
    // As many as one test of the suite uses: whoever comes later finds it used up.
    welcomeUses: 3,
    // Somebody forgot to renew it.
    warehouseTokenMs: -24 * hourMs,
    switches: {
      'payment-outage': { service: 'payments', fault: { kind: 'outage' } },
      'price-bug': { fault: { kind: 'wrong-data', bug: 'third-one-free' } },
      'crashing-page': { route: 'GET /lookbook', fault: { kind: 'page-crash' } },
    },
  },
};
