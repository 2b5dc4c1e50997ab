/** What the error codes of sockets mean. */
import type { TroubleFacts } from '../driver.ts';

const NEVER_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOENT']);
const BROKE = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ECONNABORTED', 'ERR_STREAM_DESTROYED', 'ENOTCONN']);

export function networkTrouble(error: unknown): TroubleFacts {
  const { code } = (error ?? {}) as { code?: unknown };
  const serverCode = typeof code === 'string' ? code : undefined;
  if (serverCode !== undefined && NEVER_CONNECTED.has(serverCode)) return { trouble: 'unreachable', serverCode };
  if (serverCode !== undefined && BROKE.has(serverCode)) return { trouble: 'broken', serverCode };
  return { trouble: 'other', serverCode };
}
