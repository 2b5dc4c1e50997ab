/** The shop as one request works with it. */
import type { FastifyRequest } from 'fastify';
import type { Database } from '../database/port.ts';
import { connectPaymentService } from '../domain/payment-service.ts';
import type { Shop } from '../domain/shop.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** The database without any trouble: who may do what is never read from a stale copy. */
    primary: Database;
    payments: { readonly url: string; readonly timeoutMs: number };
  }
}

export function shopOf(request: FastifyRequest): Shop {
  const traceparent = request.headers['traceparent'];
  return {
    database: request.database,
    bugs: request.bugs,
    now: () => new Date(),
    payments: connectPaymentService({
      ...request.server.payments,
      traceparent: typeof traceparent === 'string' ? traceparent : undefined,
    }),
  };
}
