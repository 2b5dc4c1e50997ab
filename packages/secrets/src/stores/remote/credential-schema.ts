/** What a configuration may say of a store's own credentials, as zod sees it. */
import { z } from 'zod';
import type { CredentialSource } from './credential-source.ts';

const isSource = (value: unknown): boolean =>
  typeof value === 'function' ||
  (typeof value === 'object' && value !== null && typeof (value as { reveal?: unknown }).reveal === 'function');

/** A text stands here where something has put it in place of a reference. */
export const credentialSource = z.union([
  z.string().min(1),
  z.custom<CredentialSource>(isSource, 'expected a function, or a box with reveal()'),
  z.strictObject({ env: z.string().min(1).describe('A variable of the environment') }),
  z.strictObject({ file: z.string().min(1).describe('A file, read anew at each login') }),
  z.strictObject({ ref: z.string().min(1).describe('A secret of another store') }),
  z.strictObject({ github: z.string().min(1).describe('The id token of a GitHub job, for this audience') }),
]);

/** Longest time of one request, in milliseconds. */
export const timeoutMs = z.int().min(1).max(2_147_483_647);
