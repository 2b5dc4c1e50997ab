/** The section `state` of the configuration, as zod sees it. A door of its own: workers do not load it. */
import { z } from 'zod';

const address = z.union([
  z.string().regex(/^rediss?:\/\//, 'expected redis://host:port, or rediss:// with TLS'),
  z.custom<() => Promise<string>>(value => typeof value === 'function', 'expected an address, or secret("…")'),
]);

export const stateSchema = z
  .strictObject({
    kind: z
      .enum(['sqlite', 'memory', 'redis'])
      .describe('Who shares: the workers of a machine, nobody, or many machines; sqlite'),
    url: address.optional().describe('The address of Redis; several with commas are nodes of a cluster'),
    prefix: z
      .string()
      .regex(/^[^{}\s]{1,64}$/, 'expected 1 to 64 characters without spaces and braces')
      .optional()
      .describe('Before the name of every key in Redis; quality-hub'),
    cluster: z.boolean().optional().describe('The address is that of a cluster; where there are several'),
  })
  .superRefine(({ kind, ...redis }, context) => {
    const given = Object.entries(redis).flatMap(([name, value]) => (value === undefined ? [] : [name]));
    if (kind === 'redis' && redis.url === undefined) {
      context.addIssue({ code: 'custom', path: ['url'], message: 'expected the address of Redis' });
    }
    if (kind === 'redis') return;
    for (const name of given) {
      context.addIssue({ code: 'custom', path: [name], message: `is for kind 'redis' alone` });
    }
  });
