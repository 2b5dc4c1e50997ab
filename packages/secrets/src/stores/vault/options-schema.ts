/** The options of a store of the kind `vault`, as zod sees them. Loads no client. */
import { z } from 'zod';
import { credentialSource, timeoutMs } from '../remote/credential-schema.ts';

const mount = z.string().min(1);

const auth = z.discriminatedUnion('method', [
  z.strictObject({ method: z.literal('token'), token: credentialSource.optional().describe('{ env: VAULT_TOKEN }') }),
  z.strictObject({
    method: z.literal('approle'),
    roleId: credentialSource,
    secretId: credentialSource,
    mount: mount.optional().describe('approle'),
  }),
  z.strictObject({
    method: z.literal('jwt'),
    role: z.string().min(1),
    jwt: credentialSource,
    mount: mount.optional().describe('jwt'),
  }),
  z.strictObject({
    method: z.literal('kubernetes'),
    role: z.string().min(1),
    jwt: credentialSource.optional().describe('The token that Kubernetes puts into each pod'),
    mount: mount.optional().describe('kubernetes'),
  }),
]);

export const vaultStoreSchema = z.strictObject({
  kind: z.literal('vault'),
  address: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('VAULT_ADDR'),
  namespace: z.string().min(1).optional().describe('VAULT_NAMESPACE'),
  auth: auth.optional().describe('The token in VAULT_TOKEN'),
  mounts: z
    .record(mount, z.enum(['kv1', 'kv2', 'dynamic']))
    .optional()
    .describe('Engines by path, where the token may not ask for them'),
  timeoutMs: timeoutMs.optional().describe('Longest time of one request; 4000'),
  caFile: z.string().min(1).optional().describe('VAULT_CACERT'),
  unsafeSkipCertificateCheck: z.boolean().optional().describe('Takes any certificate; false'),
  unsafeAllowHttp: z.boolean().optional().describe('Plain HTTP to another machine; false'),
});
