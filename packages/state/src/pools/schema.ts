/** The section `pools` of the configuration, as zod sees it. A door of its own: workers do not load it. */
import { z } from 'zod';

const ms = z.number().int().min(1);
const step = z.custom<object>(value => typeof value === 'function', 'expected a function');
const member = z.record(z.string(), z.unknown());
const members = z.array(member).describe('The members: objects, each with a name, id, login, user or email');

const pool = z
  .strictObject({
    members: members.optional(),
    file: z.string().min(1).optional().describe('A file of members, JSON or CSV, relative to the configuration'),
    query: z
      .strictObject({ database: z.string().min(1), sql: z.string().min(1), params: z.array(z.unknown()).optional() })
      .optional()
      .describe('A statement that gives one member in each row'),
    url: z
      .union([z.string().min(1), z.strictObject({ client: z.string().min(1).optional(), path: z.string().min(1) })])
      .optional()
      .describe('A path of the default client, or of another one, that answers with a list of members'),
    load: step.optional().describe('A function that gives the members'),
    schema: z
      .custom<object>(
        value => typeof value === 'object' && value !== null && '~standard' in value,
        'expected a schema, such as z.object({ … })',
      )
      .optional()
      .describe('What each member has to be'),
    name: z.string().min(1).optional().describe('Property that names a member'),
    strategy: z
      .enum(['round-robin', 'least-recently-used', 'sticky', 'random'])
      .optional()
      .describe('Which free member is lent; round-robin'),
    seed: z.number().int().optional().describe('Of the strategy random; 1'),
    check: step.optional().describe('Whether a member is well, asked before it is lent'),
    repair: step.optional().describe('Tries to make a bad member good again'),
    reset: step.optional().describe('Puts a member back as it was, when it comes back'),
    make: step.optional().describe('Makes one more member, while none is free'),
    remove: step.optional().describe('Removes a member that was made'),
    min: z.number().int().min(0).optional().describe('Fewest members; made ahead where there is make'),
    max: z.number().int().min(1).optional().describe('With make: most members; 100'),
    quarantineMs: ms.optional().describe('How long a bad member is kept back; 600000'),
    stepMs: ms.optional().describe('Longest time of one check, repair, reset, make or remove; 30000'),
    starvedMs: ms.optional().describe('Wait after which the pool says that it is too small; 10000'),
    ttlMs: ms.min(1_000).optional().describe('How long a member stays lent to a worker that was killed; 15000'),
    waitMs: ms.optional().describe('Longest wait for a member; 300000'),
  })
  .refine(
    ({ members: given, file, query, url, load }) =>
      [given, file, query, url, load].filter(one => one !== undefined).length <= 1,
    'expected one of members, file, query, url and load, not several',
  )
  .refine(
    ({ members: given, file, query, url, load, make }) =>
      [given, file, query, url, load, make].some(one => one !== undefined),
    'expected members, file, query, url, load or make: a pool has to have members from somewhere',
  );

export const poolsSchema = z.record(z.string().min(1), z.union([members, pool]));
