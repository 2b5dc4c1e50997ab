/** What the shop and the payment service have in common: logs with the trace of the caller. */
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify';

export interface ServiceLog {
  /** @default 'info' */
  readonly level?: string | undefined;
  /** Standard output when absent. */
  readonly file?: string | undefined;
}

export function createService(name: string, log: ServiceLog): FastifyInstance {
  const logger: FastifyServerOptions['logger'] = {
    level: log.level ?? 'info',
    base: { service: name },
    ...(log.file ? { file: log.file } : {}),
  };
  return Fastify({
    logger,
    // A hanging request must not keep the service from ending.
    forceCloseConnections: true,
    childLoggerFactory: (parent, bindings, options, raw) =>
      parent.child({ ...bindings, ...traceOf(raw.headers['traceparent']) }, options),
  });
}

/** The ids of a W3C `traceparent`, nothing when there is none or it is malformed. */
export function traceOf(traceparent: unknown): { traceId?: string; parentSpanId?: string } {
  const parts =
    typeof traceparent === 'string' ? /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/.exec(traceparent) : null;
  return parts?.[1] && parts[2] ? { traceId: parts[1], parentSpanId: parts[2] } : {};
}
