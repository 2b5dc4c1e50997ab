/** The section `data` of the configuration, as zod sees it. A door of its own: workers do not load it. */
import { z } from 'zod';

/** Functions of the suite's own. */
const code = (...names: readonly string[]) =>
  z.custom<object>(
    value =>
      typeof value === 'object' && value !== null && names.every(name => typeof value[name as never] === 'function'),
    `expected an object with ${names.join(' and ')}`,
  );
const name = z.string().min(1);
const count = z.int().min(0);
const timeoutMs = z.number().positive().optional();

export const dataSchema = z.strictObject({
  factories: z
    .array(z.string().min(1))
    .optional()
    .describe('Modules that define factories, relative to the configuration; a sweep loads them'),
  locale: z.string().min(2).optional().describe('Language of made-up data, as faker names it; en'),
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
  environments: z
    .record(name, code('create', 'remove'))
    .optional()
    .describe('What each worker has for itself besides its databases, by name'),
  snapshots: z
    .strictObject({
      databases: z
        .record(name, z.strictObject({ tables: z.array(name).optional(), without: z.array(name).optional() }))
        .optional()
        .describe('Databases of the configuration, with the tables that are saved; all databases'),
      files: z.record(name, name).optional().describe('Folders and files, by name; paths are from the configuration'),
      redis: z
        .record(
          name,
          z.strictObject({
            url: z.union([name, z.custom<() => string>(value => typeof value === 'function')]),
            prefix: name,
            connectMs: timeoutMs,
          }),
        )
        .optional()
        .describe('Keys below a prefix of Redis servers that the application uses, by name'),
      parts: z.record(name, code('save', 'load')).optional().describe('Whatever can save and load itself, by name'),
      version: z.int().min(1).optional().describe('Of what is saved; a snapshot of another version is refused; 1'),
      retention: z
        .strictObject({
          count: z.int().min(1).optional().describe('Savings of one name; 3'),
          maxAgeMs: timeoutMs.describe('How long one is kept, in milliseconds; 30 days'),
          maxBytes: timeoutMs.describe('All of them together, compressed; 2000000000'),
        })
        .optional()
        .describe('Which snapshots are kept'),
    })
    .optional()
    .describe('What a snapshot is made of, and how long it is kept'),
});
