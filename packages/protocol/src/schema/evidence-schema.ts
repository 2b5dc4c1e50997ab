/** Evidence as it crosses a trust line: the schemas of every kind, one for one with the types in `evidence.ts`. */
import { z } from 'zod';
import type { Evidence, EvidenceBundle, EvidenceRecord } from '../evidence.ts';
import type { Equal, Holds, Mutable } from './same-type.ts';

const circuit = z.enum(['closed', 'open', 'half-open']);

export const evidenceSchema = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('traffic'),
      source: z.enum(['page', 'request']),
      method: z.string(),
      url: z.string(),
      status: z.number().exactOptional(),
      failure: z.string().exactOptional(),
      durationMs: z.number(),
      resource: z.string().exactOptional(),
      retryAfterMs: z.number().exactOptional(),
    }),
    z.object({
      kind: z.literal('traffic.counts'),
      requests: z.number(),
      failed: z.number(),
      byClass: z.record(z.string(), z.number()),
      omitted: z.number(),
    }),
    z.object({
      kind: z.literal('page.error'),
      type: z.enum(['exception', 'crash']),
      message: z.string(),
      url: z.string().exactOptional(),
    }),
    z.object({ kind: z.literal('console.error'), message: z.string(), url: z.string().exactOptional() }),
    z.object({
      kind: z.literal('call'),
      dependency: z.string(),
      operation: z.string(),
      outcome: z.enum(['ok', 'failed', 'refused', 'timeout', 'aborted']),
      attempts: z.number(),
      durationMs: z.number(),
      status: z.number().exactOptional(),
      errorCode: z.string().exactOptional(),
      origin: z.string().exactOptional(),
      waitedMs: z.number().exactOptional(),
      refusedBy: z.enum(['breaker', 'rate-limit', 'bulkhead', 'quota', 'deadline', 'retry-budget']).exactOptional(),
      reusedConnection: z.boolean().exactOptional(),
      connectMs: z.number().exactOptional(),
      firstByteMs: z.number().exactOptional(),
      sentBytes: z.number().exactOptional(),
      receivedBytes: z.number().exactOptional(),
      retryAfterMs: z.number().exactOptional(),
      traceId: z.string().exactOptional(),
    }),
    z.object({
      kind: z.literal('breaker'),
      dependency: z.string(),
      from: circuit,
      to: circuit,
      reason: z.string(),
      retryAt: z.string().exactOptional(),
    }),
    z.object({
      kind: z.literal('lease'),
      resource: z.string(),
      outcome: z.enum(['granted', 'lost', 'timeout']),
      waitedMs: z.number(),
      holder: z.string().exactOptional(),
      other: z.string().exactOptional(),
      hadItself: z.boolean().exactOptional(),
      detail: z.string().exactOptional(),
    }),
    z.object({
      kind: z.literal('conflict'),
      resource: z.string(),
      detail: z.string(),
      other: z.string().exactOptional(),
    }),
    z.object({
      kind: z.literal('secret'),
      name: z.string(),
      outcome: z.enum([
        'ok',
        'rotated',
        'previous',
        'stale',
        'default',
        'missing',
        'denied',
        'expired',
        'revoked',
        'invalid',
        'rejected',
        'refused',
        'sealed',
        'throttled',
        'unreachable',
        'skew',
      ]),
      store: z.string().exactOptional(),
      version: z.string().exactOptional(),
      ageMs: z.number().exactOptional(),
      expiresAt: z.string().exactOptional(),
      dependency: z.string().exactOptional(),
      detail: z.string().exactOptional(),
      hint: z.string().exactOptional(),
    }),
    z.object({
      kind: z.literal('flag'),
      name: z.string(),
      variant: z.string(),
      reason: z.string(),
      provider: z.string(),
    }),
    z.object({
      kind: z.literal('health'),
      dependency: z.string(),
      state: z.enum(['healthy', 'degraded', 'down']),
      feature: z.string().exactOptional(),
      detail: z.string().exactOptional(),
    }),
    z.object({
      kind: z.literal('database'),
      database: z.string(),
      operation: z.string(),
      durationMs: z.number(),
      errorCode: z.string().exactOptional(),
      message: z.string().exactOptional(),
    }),
    z.object({
      kind: z.literal('pool'),
      dependency: z.string(),
      server: z.string(),
      opened: z.number(),
      broken: z.number(),
      reused: z.number(),
      waits: z.number(),
      waitedMs: z.number(),
    }),
    z.object({
      kind: z.literal('cleanup'),
      record: z.string(),
      outcome: z.enum(['gone', 'failed', 'skipped']),
      detail: z.string().exactOptional(),
    }),
    z.object({
      kind: z.literal('log'),
      path: z.string(),
      fromByte: z.number(),
      toByte: z.number(),
      errors: z.number(),
    }),
    z.object({
      kind: z.literal('resource'),
      rssBytes: z.number(),
      heapBytes: z.number().exactOptional(),
      cpu01: z.number().exactOptional(),
      freeMemoryBytes: z.number().exactOptional(),
      freeDiskBytes: z.number().exactOptional(),
      eventLoopDelayMs: z.number().exactOptional(),
    }),
    z.object({ kind: z.literal('note'), name: z.string(), data: z.unknown().exactOptional() }),
  ])
  .meta({ id: 'Evidence' });

export const evidenceRecordSchema = z
  .object({
    writer: z.string().min(1),
    seq: z.int().min(1),
    at: z.iso.datetime(),
    evidence: evidenceSchema,
  })
  .meta({ id: 'EvidenceRecord' });

/** Body of the `_qh:evidence` attachment. */
export const evidenceBundleSchema = z.object({
  v: z.number(),
  runId: z.string().exactOptional(),
  records: z.array(evidenceRecordSchema),
});

// The build fails here when a schema and its plain type are no longer the same.
export type EvidenceSchemasMatch = Holds<
  [
    Equal<z.output<typeof evidenceSchema>, Mutable<Evidence>>,
    Equal<z.output<typeof evidenceRecordSchema>, Mutable<EvidenceRecord>>,
    Equal<z.output<typeof evidenceBundleSchema>, Mutable<EvidenceBundle>>,
  ]
>;
