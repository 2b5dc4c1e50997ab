/** The options of a store of the kind `azure`, as zod sees them. Loads no SDK. */
import { z } from 'zod';
import { credentialSource, timeoutMs } from '../remote/credential-schema.ts';

const id = z.string().min(1);

const auth = z.discriminatedUnion('method', [
  z.strictObject({ method: z.literal('default') }),
  z.strictObject({
    method: z.literal('managed-identity'),
    clientId: id.optional().describe('Of an identity that a user has assigned'),
  }),
  z.strictObject({ method: z.literal('client-secret'), tenantId: id, clientId: id, clientSecret: credentialSource }),
  z.strictObject({ method: z.literal('federated'), tenantId: id, clientId: id, assertion: credentialSource }),
]);

export const azureStoreSchema = z.strictObject({
  kind: z.literal('azure'),
  vaultUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('AZURE_KEYVAULT_URL'),
  auth: auth.optional().describe('The chain of the SDK'),
  authorityHost: z
    .url({ protocol: /^https$/ })
    .optional()
    .describe('AZURE_AUTHORITY_HOST, else the public cloud'),
  caFile: z.string().min(1).optional().describe('Certificates of an authority of your own'),
  timeoutMs: timeoutMs.optional().describe('Longest time of one request; 4000'),
});
