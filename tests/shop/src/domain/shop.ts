/** What every part of the shop works with during one request. */
import type { Database } from '../database/port.ts';
import type { BugName } from './bugs.ts';
import type { PaymentService } from './payment-service.ts';

export interface Shop {
  readonly database: Database;
  readonly payments: PaymentService;
  /** The product bugs that are switched on for this request. */
  readonly bugs: ReadonlySet<BugName>;
  readonly now: () => Date;
}
