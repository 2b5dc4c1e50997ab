/** The options of a store of the kind `aws`, as zod sees them. Loads no SDK. */
import { z } from 'zod';
import { credentialSource, timeoutMs } from '../remote/credential-schema.ts';

export const awsStoreSchema = z.strictObject({
  kind: z.literal('aws'),
  region: z
    .string()
    .regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/, 'expected a region such as eu-central-1')
    .optional()
    .describe('AWS_REGION, then the profile'),
  credentials: z
    .strictObject({
      accessKeyId: credentialSource,
      secretAccessKey: credentialSource,
      sessionToken: credentialSource.optional(),
    })
    .optional()
    .describe('The chain of the SDK'),
  profile: z.string().min(1).optional().describe('AWS_PROFILE'),
  endpoint: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Another address, of a VPC endpoint say'),
  batch: z.boolean().optional().describe('Several secrets at once are one request; true'),
  caFile: z.string().min(1).optional().describe('Certificates of an authority of your own'),
  timeoutMs: timeoutMs.optional().describe('Longest time of one request; 4000'),
  unsafeAllowHttp: z.boolean().optional().describe('Plain HTTP to another machine; false'),
});
