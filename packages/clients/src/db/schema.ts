/** The section `databases` of the configuration, as zod sees it. A door of its own: workers do not load it. */
import { policySchema, probeScheduleSchema } from '@quality-hub/resilience/schema';
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

const fn = z.custom(value => typeof value === 'function', 'expected a function');
const address = z.union([z.string().min(1), fn]);
/** SQL files, beside the configuration, or a function that is given the database. */
const filling = z.union([z.string().min(1), z.array(z.string().min(1)).min(1), fn]);

const template = z
  .strictObject({
    prepare: filling.describe('Fills the template: migrations and rows that every test begins with'),
    key: z.string().min(1).optional().describe('What prepare makes, such as the number of the last migration'),
    between: z.enum(['clone', 'transaction', 'truncate', 'none']).optional().describe('Between two tests; clone'),
    spares: z.int().min(0).max(8).optional().describe('Copies kept ready on PostgreSQL; 2'),
    server: address.optional().describe('Where databases may be created; url. A folder for SQLite'),
  })
  .refine(
    ({ prepare, key }) => typeof prepare !== 'function' || key !== undefined,
    'has a function and no key, expected a key that changes with what the function makes',
  );

const truncate = z.strictObject({
  keep: z.array(z.string().min(1)).optional().describe('Tables that stay as they are'),
  seed: filling.optional().describe('Fills the empty tables again'),
});

/** One database of the section, as the schema lets it be. */
export const databaseSchema = z
  .strictObject({
    kind: z.enum(['postgres', 'mysql', 'sqlite']),
    url: address.describe('postgres://…, mysql://…, the path of a SQLite file, or a function that gives it'),
    server: z.string().min(1).optional().describe('What breakers and errors name; host and port of url'),
    policy: z
      .union([z.string().min(1), policySchema])
      .optional()
      .describe('Of policies, or its options'),
    health: probeScheduleSchema.optional().describe('When to ask whether it is well'),
    pool: pool.optional(),
    connectTimeoutMs: ms.optional().describe('Longest time until a connection is made; 5000'),
    statementTimeoutMs: ms.optional().describe('Longest run of a statement; 30000'),
    lockTimeoutMs: ms.optional().describe('Longest wait for a lock; 5000'),
    retries: z.int().min(0).max(20).optional().describe('Repetitions of reads and idempotent work without a policy; 2'),
    transactionRuns: z.int().min(1).max(20).optional().describe('Runs of a transaction that the server broke off; 4'),
    slowMs: z.int().min(0).max(LONGEST_MS).optional().describe('A statement that takes this long is slow; 500'),
    plans: z.boolean().optional().describe('Plans of slow statements, where a test fails; false'),
    warmUp: z
      .boolean()
      .optional()
      .describe('Connects when the worker opens its first client, not with the first query'),
    isolation: z
      .enum(['transaction', 'truncate', 'template', 'none'])
      .optional()
      .describe('How what a test wrote is undone; none'),
    template: template.optional(),
    truncate: truncate.optional(),
  })
  .refine(
    ({ isolation, template: how }) => isolation !== 'template' || how !== undefined,
    'has the isolation template and no section template, expected template.prepare',
  );

/** Databases by name. */
export const databasesSchema = z.record(z.string().min(1), databaseSchema);
