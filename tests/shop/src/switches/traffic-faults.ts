/** The faults that strike a request before anybody handles it. Both services have them. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ShopError } from '../domain/errors.ts';
import type { Fault } from './schema.ts';
import type { IncomingRequest } from './switchboard.ts';

/**
 * Does what the fault says. True when the request is over with it.
 *
 * @throws {ShopError} for a refusal, and a plain `TypeError` for a 500, as a mistake in a handler would.
 */
export async function strikeTraffic(fault: Fault, request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
  switch (fault.kind) {
    case 'latency':
      await sleep(fault.ms);
      return false;
    case 'error':
      if (fault.status === 500) missingValue();
      throw new ShopError(503, 'overloaded', 'The shop is overloaded', { 'retry-after': '1' });
    case 'rate-limit':
      throw new ShopError(429, 'rate_limited', 'Too many requests', {
        'retry-after': String(fault.retryAfterSeconds),
      });
    case 'reset':
      reply.hijack();
      request.raw.socket.resetAndDestroy();
      return true;
    case 'hang':
      reply.hijack();
      return true;
    default:
      return false;
  }
}

export function incoming(request: FastifyRequest): IncomingRequest {
  const query = request.url.indexOf('?');
  return {
    method: request.method,
    path: query === -1 ? request.url : request.url.slice(0, query),
    headers: request.headers,
  };
}

function missingValue(): never {
  const rows: { id: string }[] = [];
  throw new TypeError((rows as unknown as [{ id: string }])[0].id);
}
