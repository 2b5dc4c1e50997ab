/** What PostgreSQL's SQLSTATEs, and the errors of its sockets, mean. See "PostgreSQL Error Codes" in its manual. */
import type { TroubleFacts } from '../driver.ts';
import type { DatabaseTrouble } from '../errors.ts';
import { networkTrouble } from './network-trouble.ts';

const BY_CODE: Readonly<Record<string, DatabaseTrouble>> = {
  '23505': 'unique',
  '40001': 'serialization',
  '40P01': 'deadlock',
  '53300': 'unavailable',
  '55P03': 'locked',
  '57014': 'cancelled',
  // Told by the server before it closes the connection: an administrator, a crash of another process, idle for too long.
  '57P01': 'broken',
  '57P02': 'broken',
  '57P03': 'unavailable',
  '57P05': 'broken',
  '25P03': 'broken',
  // A database that others are connected to, or that is being dropped.
  '55006': 'locked',
  '3D000': 'credentials',
};

const BY_CLASS: Readonly<Record<string, DatabaseTrouble>> = {
  '08': 'broken',
  '22': 'statement',
  '23': 'constraint',
  '28': 'credentials',
  '42': 'statement',
};

export function postgresTrouble(error: unknown): TroubleFacts {
  const { code, message = '' } = (error ?? {}) as { code?: unknown; message?: string };
  if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !code.startsWith('E')) {
    const trouble = BY_CODE[code] ?? BY_CLASS[code.slice(0, 2)] ?? 'other';
    // The one code of both: our own limit says so in its text, in every language after the same number of words.
    if (code === '57014' && /statement timeout/i.test(message)) return { trouble: 'timeout', serverCode: code };
    return { trouble, serverCode: code };
  }
  if (/^(Connection terminated|Client has encountered a connection error|timeout expired)/.test(message))
    return { trouble: 'broken', serverCode: undefined };
  return networkTrouble(error);
}
