/** What the environment says about how to start. Bad values are named, all at once. */
import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);
const loopback = z
  .string()
  .regex(/^(127\.\d+\.\d+\.\d+|::1)$/, 'the shop can be broken from outside, so it listens on a loopback address only');

const schema = z.object({
  SHOP_HOST: loopback.default('127.0.0.1'),
  /** 0 takes a free port. */
  SHOP_PORT: port.default(4000),
  PAYMENTS_PORT: port.default(4001),
  SHOP_CONTROL_PORT: port.default(4002),
  /** Made at start and printed when absent. */
  SHOP_CONTROL_TOKEN: z.string().min(8).optional(),
  /** `postgres://…` or the path of a SQLite file. A new file in the temporary folder when absent. */
  SHOP_DB: z.string().min(1).optional(),
  SHOP_DAY: z.enum(['good', 'bad']).default('good'),
  SHOP_STAFF_PASSWORD: z.string().min(8).default('open sesame'),
  /** The warehouse's fixed token. Without it the warehouse has no access. */
  SHOP_WAREHOUSE_TOKEN: z.string().min(16).optional(),
  PAYMENTS_TIMEOUT_MS: z.coerce.number().int().min(1).max(600_000).default(2000),
  /** Closes the shop when standard input ends: a parent that is killed leaves no shop behind. */
  SHOP_ENDS_WITH_STDIN: z.literal('1').optional(),
  SHOP_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  SHOP_LOG_FILE: z.string().min(1).optional(),
});

export type Settings = z.output<typeof schema>;

/** @throws {Error} one sentence with every wrong variable. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  // An empty variable means "not set", as in most shells and pipelines.
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const result = schema.safeParse(present);
  if (result.success) return result.data;
  const problems = result.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`The environment is not right: ${problems.join('; ')}`);
}
