/** The section `secrets` of the configuration, as zod sees it. A door of its own: workers do not load it. */
import { z } from 'zod';
import { awsStoreSchema } from './stores/aws/options-schema.ts';
import { azureStoreSchema } from './stores/azure/options-schema.ts';
import { isStore } from './stores/open-store.ts';
import { vaultStoreSchema } from './stores/vault/options-schema.ts';

const LONGEST_MS = 2_147_483_647;
const ms = z.int().min(0).max(LONGEST_MS);
const days = z.int().min(1).max(36_500);
const texts = z.array(z.string().min(1));

const keySource = z.union([
  z.strictObject({ env: z.string().min(1) }),
  z.strictObject({ file: z.string().min(1) }),
  z.strictObject({ ref: z.string().min(1) }),
]);

const environmentStore = z.strictObject({
  kind: z.literal('environment'),
  files: texts.optional().describe('Files in the form of .env; a variable of the process wins'),
});

const fileStore = z
  .strictObject({
    kind: z.literal('file'),
    path: z.string().min(1),
    passphrase: keySource
      .optional()
      .describe('Where it is: env, file or ref; the variable QUALITY_HUB_SECRETS_PASSPHRASE'),
    key: keySource.optional().describe('Where the key is, 32 bytes as base64: env, file or ref'),
  })
  .refine(
    ({ passphrase, key }) => passphrase === undefined || key === undefined,
    'has both, expected passphrase or key',
  );

/** Kinds of stores. Add a kind here, and in `stores/open-store.ts`. */
const store = z.union([
  z.custom(value => isStore(value), 'expected a store'),
  z.discriminatedUnion('kind', [environmentStore, fileStore, vaultStoreSchema, awsStoreSchema, azureStoreSchema]),
]);

const scope = {
  tags: texts.optional(),
  files: texts.optional().describe('Globs of test files'),
  projects: texts.optional(),
  environments: texts.optional(),
  parallel: z.boolean().optional().describe('True: only tests that run beside others'),
};

const isSchema = (value: unknown): boolean =>
  (typeof value === 'object' || typeof value === 'function') && value !== null && '~standard' in value;

const schedule = z
  .strictObject({
    everyDays: days.describe('Days after which --due makes a new value'),
    length: z.int().min(12).max(4096).optional().describe('Characters of a new value; 32'),
    alphabet: z
      .string()
      .refine(text => new Set(text).size === [...text].length, 'has a character twice')
      .refine(text => new Set(text).size >= 10, 'has too few characters, expected 10 at least')
      .optional()
      .describe('What it is made of; letters and digits'),
    generate: z
      .custom(value => typeof value === 'function', 'expected a function')
      .optional()
      .describe('Makes the value instead'),
  })
  .refine(
    ({ length, alphabet, generate }) => generate === undefined || (length === undefined && alphabet === undefined),
    'has both, expected generate, or length and alphabet',
  );

const ref = z.union([
  z.string().min(1),
  z.strictObject({
    ref: z.string().min(1).describe('store:path#key@version'),
    type: z
      .union([z.enum(['text', 'json']), z.custom(isSchema, 'expected a schema')])
      .optional()
      .describe('What the value has to be: text, json or a schema'),
    default: z.unknown().optional().describe('Used where the store has no such secret'),
    access: z.strictObject(scope).optional().describe('Who may use it; nobody else'),
    owner: z.string().trim().min(1).optional().describe('Who looks after it: a person or a team'),
    maxAgeDays: days.optional().describe('Days after which the doctor warns of its value'),
    rotate: schedule.optional().describe('How often quality-hub secrets rotate gives it a new value'),
  }),
]);

const rule = z.strictObject({
  name: z.string().min(1).describe('What a refusal calls the rule'),
  secrets: z.union([z.string().min(1), texts.min(1)]).describe('Globs of names'),
  effect: z.enum(['allow', 'deny']).optional().describe('allow'),
  ...scope,
});

export const secretsSchema = z.strictObject({
  stores: z.record(z.string().regex(/^[A-Za-z][\w-]*$/, 'expected a name of letters and digits'), store).optional(),
  refs: z.record(z.string().min(1), ref).optional(),
  access: z.array(rule).optional(),
  verify: z.enum(['fail', 'warn', 'off']).optional().describe('Where a value is found in what a run leaves; fail'),
  ttlMs: ms.optional().describe('How long a value is believed; 300000'),
  staleMs: ms.optional().describe('How long after that it serves while its store is down; 1800000'),
  timeoutMs: ms.min(1).optional().describe('Longest time of one question to a store; 10000'),
});
