/** The section `policies` of the configuration, as zod sees it. A door of its own: workers do not load it. */
import { z } from 'zod';
import type { PolicyOptions } from './options.ts';

const ms = z.number().positive().max(214_748_364_700);
const count = z.int().min(1);
const countOrNone = z.int().min(0);
const partBelowAll = z.number().min(0).lt(1);
/** A file written in TypeScript may hold functions. */
const fn = z.custom(value => typeof value === 'function', 'expected a function');

const slidingWindow = {
  ratio01: z.number().positive().lt(1).optional().describe('More than this part opens'),
  overCalls: count.optional().describe('Of the last so many calls'),
  overMs: ms.optional().describe('Of the last so many milliseconds, instead of overCalls'),
  atLeastCalls: count.optional().describe('Says nothing before it has seen so many'),
};
const oneWindow = ({ overCalls, overMs }: { overCalls?: unknown; overMs?: unknown }) =>
  overCalls === undefined || overMs === undefined;
const ONE_WINDOW = 'has overCalls and overMs, expected one of them';

const breaker = z.strictObject({
  consecutive: count.optional().describe('Opens after so many failures in a row; 5 where no other rule is given'),
  failures: z.strictObject(slidingWindow).refine(oneWindow, ONE_WINDOW).optional(),
  slow: z
    .strictObject({ ...slidingWindow, slowerThanMs: ms })
    .refine(oneWindow, ONE_WINDOW)
    .optional(),
  rule: fn.optional().describe('A rule of one’s own, made anew each time it closes'),
  openMs: ms.optional().describe('How long it stays open; 5000'),
  maxOpenMs: ms.optional().describe('Twice as long after each try that fails, up to this; 60000'),
  halfOpen: z
    .strictObject({ calls: count.optional(), failures01: partBelowAll.optional(), timeoutMs: ms.optional() })
    .optional(),
  per: z.enum(['target', 'host', 'policy']).optional(),
});

const retry = z.strictObject({
  retries: countOrNone.optional().describe('Attempts after the first; 2'),
  baseMs: ms.optional().describe('First delay, doubled each time; 100'),
  maxMs: ms.optional().describe('Longest delay; 10000'),
  jitter: z.enum(['full', 'equal', 'decorrelated', 'none']).optional(),
  when: fn.optional().describe('Whether a failure is tried again'),
  alsoOn: z.array(z.enum(['caller', 'dependency', 'network', 'data', 'credential'])).optional(),
  budget: z
    .union([
      z.literal(false),
      z.strictObject({
        ratio01: z.number().positive().max(1).optional(),
        reserve: countOrNone.optional(),
        most: count.optional(),
      }),
    ])
    .optional(),
});

/** One policy as a configuration has it. */
export const policySchema = z.strictObject({
  fallback: z
    .strictObject({ feature: z.string().min(1).optional(), give: fn, when: fn.optional() })
    .optional()
    .describe('What a call gives instead of failing'),
  hooks: z
    .strictObject({ beforeRetry: fn.optional(), onOpen: fn.optional(), onRecover: fn.optional() })
    .optional()
    .describe('What is done before a retry, and when a breaker opens and closes'),
  deadlineMs: ms.optional().describe('Total time of a call with all its attempts and waits'),
  timeoutMs: ms.optional().describe('Longest time of one attempt'),
  retry: z.union([countOrNone, retry]).optional(),
  hedge: z.union([ms, z.strictObject({ afterMs: ms, most: count.optional() })]).optional(),
  breaker: z.union([z.boolean(), z.enum(['per-target', 'per-host']), breaker]).optional(),
  rateLimit: z
    .union([
      z.literal('adaptive'),
      z.strictObject({
        calls: z.number().positive().optional(),
        perMs: ms.optional(),
        burst: count.optional(),
        maxWaitMs: ms.optional(),
      }),
    ])
    .optional(),
  quota: z.union([count, z.strictObject({ calls: count })]).optional(),
  bulkhead: z.union([count, z.strictObject({ concurrent: count, queue: countOrNone.optional() })]).optional(),
});

/** When a dependency is asked whether it is well. */
export const probeScheduleSchema = z.strictObject({
  everyMs: ms.optional().describe('How often, also where nobody needs it; only when somebody does'),
  believeMs: ms.optional().describe('How long a good answer is enough; everyMs, or 10000'),
  timeoutMs: ms.optional().describe('An answer that takes longer is none; 5000'),
  slowAboveMs: ms.optional().describe('An answer that takes longer is degraded'),
  failAfter: count.optional().describe('So many bad answers in a row make it down; 1'),
  recoverAfter: count.optional().describe('So many good answers in a row end that; 1'),
  againMs: ms.optional().describe('Between two answers of one row; 250'),
  retryMs: ms.optional().describe('After a row that went badly; 2000'),
});

/** Policies by name. */
export const policiesSchema = z.record(z.string().min(1), policySchema);

export type PolicySection = z.infer<typeof policySchema>;

/** What `createPolicy` takes. An option that a configuration has as `undefined` is one that is left out. */
export function policyOptionsOf(name: string, section: PolicySection): PolicyOptions {
  return { ...section, name } as PolicyOptions;
}
