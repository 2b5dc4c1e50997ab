/** What can be switched on, and when it strikes. Checked at the control API's door. */
import { z } from 'zod';
import { bugNames } from '../domain/bugs.ts';

const ms = z.number().int().min(0).max(600_000);

const fault = z.discriminatedUnion('kind', [
  /** Waits before the request is handled. */
  z.strictObject({ kind: z.literal('latency'), ms }),
  /** 500: the handler fails on a value that is not there. 503: the shop says it is overloaded. */
  z.strictObject({ kind: z.literal('error'), status: z.union([z.literal(500), z.literal(503)]) }),
  /** 429 with `Retry-After`. */
  z.strictObject({ kind: z.literal('rate-limit'), retryAfterSeconds: z.number().int().min(0).max(3600) }),
  /** Destroys the socket with a TCP reset. */
  z.strictObject({ kind: z.literal('reset') }),
  /** Takes the request and never answers. */
  z.strictObject({ kind: z.literal('hang') }),
  /** A product bug. The answer is well formed and wrong. */
  z.strictObject({ kind: z.literal('wrong-data'), bug: z.enum(bugNames) }),
  /** Ends the life of the token that the request brings. It stays ended. */
  z.strictObject({ kind: z.literal('expired-token') }),
  /** A second connection holds a lock on the tables while the request is handled. */
  z.strictObject({ kind: z.literal('database-locked') }),
  /** A query of this length runs before the request's first one. */
  z.strictObject({ kind: z.literal('slow-query'), ms }),
  /** Every insert of the request is sent twice: the database refuses the second. */
  z.strictObject({ kind: z.literal('unique-violation') }),
  /** Reads come from a copy that was taken when the switch was set. */
  z.strictObject({ kind: z.literal('stale-read') }),
  /** Keeps this much memory for ever, per request, or until the switch is removed. */
  z.strictObject({ kind: z.literal('memory-growth'), megabytes: z.number().int().min(1).max(512) }),
  /** The server process dies on an uncaught exception. It is started again after `downMs`. */
  z.strictObject({ kind: z.literal('crash'), downMs: ms.default(500) }),
  /** The page's script fills the tab's memory until the browser ends the tab. */
  z.strictObject({ kind: z.literal('page-crash') }),
  /** The whole service stops listening: connections are refused. Takes only `fromMs` and `untilMs`. */
  z.strictObject({ kind: z.literal('outage') }),
]);

const when = z.strictObject({
  /** Strikes this share of the requests, 0 to 1, by a generator seeded with `seed`. */
  probability01: z.number().min(0).max(1).optional(),
  seed: z.number().int().optional(),
  /** Strikes this many times, then never again. */
  count: z.number().int().min(1).optional(),
  /** Strikes every n-th request. */
  every: z.number().int().min(1).optional(),
  /** Sleeps until so many milliseconds after it was set. */
  fromMs: ms.optional(),
  /** Ends so many milliseconds after it was set. */
  untilMs: ms.optional(),
});

export const switchSchema = z
  .strictObject({
    service: z.enum(['shop', 'payments']).default('shop'),
    /** `POST /api/orders/:id/payments`, `* /api/*`. A `:name` is one segment, a last `*` the rest. */
    route: z
      .string()
      .regex(/^(\*|[A-Z]+) \/\S*$/, 'a route is a method or * and a path, such as "GET /api/products"')
      .default('* /*'),
    /** Only requests that bring this header, so that one test can trouble itself alone. */
    header: z.strictObject({ name: z.string().toLowerCase(), value: z.string() }).optional(),
    fault,
    when: when.default({}),
  })
  .superRefine(({ fault, when, header, route, service }, context) => {
    const refuse = (message: string) => context.addIssue({ code: 'custom', message });
    if (fault.kind === 'outage') {
      const { probability01, count, every } = when;
      if ([probability01, count, every].some(value => value !== undefined) || header || route !== '* /*') {
        refuse(
          'an outage is of the whole service: it takes fromMs and untilMs, no route, header, count or probability',
        );
      }
      return;
    }
    if (service === 'payments' && !paymentFaults.has(fault.kind)) {
      refuse(`the payment service knows ${[...paymentFaults].join(', ')} and outage, not ${fault.kind}`);
    }
  });

const paymentFaults = new Set<string>(['latency', 'error', 'rate-limit', 'reset', 'hang']);

export type Fault = z.output<typeof fault>;
export type FaultKind = Fault['kind'];
export type Switch = z.output<typeof switchSchema>;
/** A switch as a caller writes it, with the defaults left out. */
export type SwitchInput = z.input<typeof switchSchema>;

/** A switch and what it did so far. `seen` counts matching requests, `struck` those it hit. */
export interface SwitchState extends Switch {
  readonly id: string;
  readonly setAt: string;
  readonly seen: number;
  readonly struck: number;
}
