/** The section `flags` of the configuration, as zod sees it. A door of its own: workers do not load it. */
import { z } from 'zod';

const answers = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  ['resolveBooleanEvaluation', 'getBooleanDetails'].some(
    name => typeof (value as Record<string, unknown>)[name] === 'function',
  );

const provider = z.custom<object>(
  value => typeof value === 'function' || answers(value),
  'expected an OpenFeature provider, a client of the OpenFeature SDK, or a function that gives one',
);

export const flagsSchema = z
  .strictObject({
    file: z.string().min(1).optional().describe('A file of flags, YAML or JSON, relative to the configuration'),
    provider: provider
      .optional()
      .describe('Any OpenFeature provider, a client of its SDK, or a function that gives one'),
    context: z.record(z.string().min(1), z.unknown()).optional().describe('Attributes of every test'),
    unknown: z.enum(['error', 'allow']).optional().describe('Whether a flag that there is none of is off; error'),
  })
  .refine(
    ({ file, provider: given }) => file === undefined || given === undefined,
    'expected a file or a provider, not both',
  );
