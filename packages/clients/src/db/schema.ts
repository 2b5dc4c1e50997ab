/** The section `databases` of the configuration, as zod sees it. A door of its own: workers do not load it. */
import { z } from 'zod';

const LONGEST_MS = 2_147_483_647;
const ms = z.int().min(1).max(LONGEST_MS);

const pool = z.strictObject({
  size: z.int().min(1).max(1_000).optional().describe('Most connections at once; 4'),
  min: z.int().min(0).max(1_000).optional().describe('Connections that are kept open; 0'),
  waitMs: ms.optional().describe('Longest wait for a free connection; 10000'),
  idleMs: ms.optional().describe('An idle connection is closed after this; 30000'),
  checkAfterMs: z
    .int()
    .min(0)
    .max(LONGEST_MS)
    .optional()
    .describe('Asked whether it lives when idle for this long; 1000'),
});

/** One database as a configuration file has it: everything but functions. */
export const databaseSchema = z.strictObject({
  kind: z.enum(['postgres', 'mysql', 'sqlite']),
  url: z.string().min(1).describe('postgres://…, mysql://…, or the path of a SQLite file'),
  server: z.string().min(1).optional().describe('What breakers and errors name; host and port of url'),
  pool: pool.optional(),
  connectTimeoutMs: ms.optional().describe('Longest time until a connection is made; 5000'),
  statementTimeoutMs: ms.optional().describe('Longest run of a statement; 30000'),
  lockTimeoutMs: ms.optional().describe('Longest wait for a lock; 5000'),
  retries: z.int().min(0).max(20).optional().describe('Repetitions of reads and idempotent work without a policy; 2'),
  transactionRuns: z.int().min(1).max(20).optional().describe('Runs of a transaction that the server broke off; 4'),
  slowMs: z.int().min(0).max(LONGEST_MS).optional().describe('A statement that takes this long is slow; 500'),
});
