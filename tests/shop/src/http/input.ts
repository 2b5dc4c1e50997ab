/** Checks what comes in. */
import type { ZodType } from 'zod';
import { ShopError } from '../domain/errors.ts';

/** @throws {ShopError} `invalid_input` (400) that names every problem. */
export function read<Output>(schema: ZodType<Output>, value: unknown): Output {
  const result = schema.safeParse(value ?? {});
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) =>
    path.length ? `${path.join('.')}: ${message}` : message,
  );
  throw new ShopError(400, 'invalid_input', problems.join('; '));
}
