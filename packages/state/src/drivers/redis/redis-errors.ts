/** What Redis, its client or the network said, as one sentence with a remedy. */
import { StateError } from '../../errors.ts';

/** Why a call has to wait, or why it never will succeed. */
export type RedisTrouble =
  /** The connection is down, or was cut while the call was on its way. */
  | 'connection'
  /** It was not done, and will be when the servers have settled. */
  | 'later'
  /** It is connected to a server that may only be read: the other one has taken over. */
  | 'moved'
  | 'denied'
  | 'full'
  | 'other';

const LATER = /^(?:LOADING|CLUSTERDOWN|TRYAGAIN|MASTERDOWN|BUSY|UNBLOCKED|NOREPLICAS|MISCONF)\b/;
const DENIED = /^(?:WRONGPASS|NOAUTH|NOPERM|ERR AUTH|ERR invalid password|ERR Client sent AUTH)/;

export function redisTrouble(error: unknown): RedisTrouble {
  const said = messageOf(error);
  if (DENIED.test(said)) return 'denied';
  if (/^OOM\b/.test(said)) return 'full';
  if (/^READONLY\b/.test(said) || said.includes('-READONLY')) return 'moved';
  if (LATER.test(said)) return 'later';
  return isReply(error) ? 'other' : 'connection';
}

/** @param where Host and port; never the address as it was given, which may hold a password. */
export function redisError(
  where: string,
  error: unknown,
  { waitedMs, isUnsure }: { waitedMs: number; isUnsure: boolean },
) {
  const said = messageOf(error);
  switch (redisTrouble(error)) {
    case 'denied':
      return new StateError(
        'QH_STATE_DENIED',
        `Redis on ${where} refuses us (${said})`,
        'Give state.url a user and password that may use EVALSHA, SUBSCRIBE, PUBLISH and the keys of state.prefix',
        error,
      );
    case 'full':
      return new StateError(
        'QH_STATE_FULL',
        `Redis on ${where} is full (${said})`,
        'Give it more memory, or give entries a shorter lifetime',
        error,
      );
    case 'other':
      return new StateError('QH_STATE', `Redis on ${where} cannot do it (${said})`, 'See what it says', error);
    default:
      return new StateError(
        'QH_STATE_UNREACHABLE',
        `Redis on ${where} did not answer within ${waitedMs / 1000} s (${said})${isUnsure ? '; what was asked may have been done' : '; nothing was done'}`,
        'See whether the server runs, and whether this machine may connect to it',
        error,
      );
  }
}

/** It could not be connected at all. */
export function connectError(where: string, error: unknown, { isTls }: { readonly isTls: boolean }): StateError {
  if (redisTrouble(error) !== 'connection') return redisError(where, error, { waitedMs: 0, isUnsure: false });
  const hint = isTls
    ? 'See whether the server runs and speaks TLS, which rediss:// in state.url asks for; name its authority in NODE_EXTRA_CA_CERTS'
    : 'See whether the server runs, and whether state.url names it; one that speaks TLS alone wants rediss://';
  return new StateError('QH_STATE_OPEN', `Cannot connect to Redis on ${where} (${messageOf(error)})`, hint, error);
}

/** What the cause of causes says: the client wraps errors of its strategy and of its root nodes. */
export function messageOf(error: unknown): string {
  const inner = error as { originalError?: unknown; errors?: readonly unknown[]; cause?: unknown } | undefined;
  if (inner?.originalError !== undefined) return messageOf(inner.originalError);
  if (Array.isArray(inner?.errors) && inner.errors.length > 0) return messageOf(inner.errors[0]);
  const said = error instanceof Error ? error.message || codeOf(error) || error.name : String(error);
  return said === '' ? 'the connection was lost' : said;
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | undefined)?.code ?? '');
}

/** An answer of the server, which begins with its code in capital letters. */
function isReply(error: unknown): boolean {
  return error instanceof Error && /^[A-Z]{2,}\b/.test(error.message) && codeOf(error) === '' && isErrorReply(error);
}

function isErrorReply(error: Error): boolean {
  for (let type = Object.getPrototypeOf(error); type; type = Object.getPrototypeOf(type)) {
    if (type.constructor?.name === 'ErrorReply') return true;
  }
  return false;
}
