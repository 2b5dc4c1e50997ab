/** Turns whatever was thrown into the answer a client sees. */
import { troubleOf } from '../database/port.ts';
import { ShopError } from '../domain/errors.ts';

/** What to say about an error: the shop's own words, the database's, or nothing that leaks. */
export function answerTo(error: unknown): ShopError {
  if (error instanceof ShopError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const trouble = troubleOf(error);
  if (trouble === 'unique_violation') return new ShopError(409, 'unique_violation', message);
  if (trouble === 'locked') return new ShopError(503, 'database_locked', message, { 'retry-after': '1' });
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  if (typeof status === 'number' && status < 500) return new ShopError(status, 'bad_request', message);
  return new ShopError(500, 'internal', 'Something went wrong in the shop');
}
