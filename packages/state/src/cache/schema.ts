/** The section `cache` of the configuration, as zod sees it. A door of its own: workers do not load it. */
import { z } from 'zod';

const count = z.int().min(1);
const ms = z.number().min(0);

export const cacheSchema = z.strictObject({
  memory: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('node-cache') }),
      z.strictObject({
        kind: z.literal('lru').optional(),
        maxEntries: count.optional().describe('Most values in memory of one worker; 10000'),
        maxBytes: count.optional().describe('Most bytes in memory of one worker, estimated; 67108864'),
      }),
    ])
    .optional(),
  shared: z
    .union([z.literal('file'), z.literal('state'), z.literal(false)])
    .optional()
    .describe('Below memory: a file of its own, the store of the section state, or nothing; file'),
  maxBytes: z.int().min(8_192).optional().describe('Most bytes below memory, as stored; 268435456'),
  compressFromBytes: z.int().min(0).optional().describe('Values from this size on are compressed; 1024'),
  encryptionKey: z
    .union([z.string(), z.custom(value => typeof value === 'function', 'expected a text, or secret(…)')])
    .optional()
    .describe('32 bytes as base64, or secret(…): without it, values marked as secret stay in memory'),
  ttlMs: ms.optional().describe('Lifetime of values that are given none; 300000'),
});
