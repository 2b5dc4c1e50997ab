/** The section `data` of the configuration, as zod sees it. A door of its own: workers do not load it. */
import { z } from 'zod';

const count = z.int().min(0);
const timeoutMs = z.number().positive().optional();

export const dataSchema = z.strictObject({
  factories: z
    .array(z.string().min(1))
    .optional()
    .describe('Modules that define factories, relative to the configuration; a sweep loads them'),
  durability: z
    .enum(['none', 'process', 'machine'])
    .optional()
    .describe('What an entry of the ledger has to survive; a store that promises less is refused; process'),
  removal: z
    .strictObject({
      timeoutMs: timeoutMs.describe('Time for all that one test has created, in milliseconds; 30000'),
      concurrency: z.int().min(1).optional().describe('How many are removed at the same time; 8'),
    })
    .optional()
    .describe('How what a test has created is removed after it'),
  sweep: z
    .union([
      z.literal(false),
      z.strictObject({
        timeoutMs: timeoutMs.describe('Time for all of it, in milliseconds; 120000'),
        olderThanMs: z.number().min(0).optional().describe('Only what is at least so old, in milliseconds; 0'),
      }),
    ])
    .optional()
    .describe('Removal of what earlier runs have left, when a run first uses data'),
  backlog: z
    .strictObject({
      warn: count.optional().describe('The run says so where more than so many things are left behind; 0'),
      fail: count.optional().describe('The run fails where more than so many things are left behind; never'),
    })
    .optional()
    .describe('What is said of leftovers at the end of a run'),
});
