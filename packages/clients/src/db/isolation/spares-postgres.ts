/**
 * Copies of a template that are made ahead: a worker takes one by renaming it, which is one row in a catalogue, where copying is
 * hundreds of files. They outlive their run, as the template does: the next one begins with them.
 */
import { randomBytes } from 'node:crypto';
import { DatabaseError } from '../errors.ts';
import type { SqlDatabase } from '../sql-database.ts';
import { sparePrefix } from './names.ts';

/** Somebody was faster, or is at it; it belongs to another user. */
const NOT_OURS = new Set(['3D000', '55006', '42501']);

export interface Spares {
  /** False where there is none. */
  take(template: string, name: string): Promise<boolean>;
  /** Makes copies until there are `most`, unless another worker is at it. */
  refill(template: string, most: number): Promise<void>;
  /** Those of one template. */
  names(template: string): Promise<readonly string[]>;
}

export function sparesOf(
  admin: SqlDatabase,
  list: (prefix: string) => Promise<readonly string[]>,
  copy: (template: string, name: string) => Promise<void>,
): Spares {
  const names = (template: string): Promise<readonly string[]> => list(sparePrefix(template));
  return {
    names,
    async take(template, name) {
      for (const spare of await names(template)) {
        try {
          await admin.query(`ALTER DATABASE ${spare} RENAME TO ${name}`);
          return true;
        } catch (error) {
          if (!(error instanceof DatabaseError && NOT_OURS.has(error.serverCode ?? ''))) throw error;
        }
      }
      return false;
    },
    async refill(template, most) {
      // The lock belongs to the connection: whoever dies over it lets go of it.
      const lease = await admin.lease();
      const lock = sparePrefix(template);
      try {
        const { rows } = await lease.query('SELECT pg_try_advisory_lock(hashtext($1)) AS got', [lock]);
        if (rows[0]?.['got'] !== true) return;
        while ((await names(template)).length < most) await copy(template, lock + randomBytes(4).toString('hex'));
      } finally {
        // Without the lock this is a warning of the server, and nothing else.
        await lease.query('SELECT pg_advisory_unlock(hashtext($1))', [lock]).catch(() => undefined);
        await lease.release();
      }
    },
  };
}
