/** All errors of the shared state. */
import { QualityHubError } from '@quality-hub/protocol';

export type StateErrorCode =
  | 'QH_STATE'
  | 'QH_STATE_BUSY'
  | 'QH_STATE_CLOSED'
  | 'QH_STATE_CORRUPT'
  | 'QH_STATE_DENIED'
  | 'QH_STATE_FULL'
  | 'QH_STATE_OPEN'
  | 'QH_STATE_UNREACHABLE'
  | 'QH_STATE_UNSUPPORTED';

/**
 * The store cannot be used: locked by another program (`QH_STATE_BUSY`), closed (`QH_STATE_CLOSED`), damaged
 * (`QH_STATE_CORRUPT`), not for this user (`QH_STATE_DENIED`), full (`QH_STATE_FULL`), not to be opened (`QH_STATE_OPEN`), out
 * of reach (`QH_STATE_UNREACHABLE`), not supported by this Node or this server (`QH_STATE_UNSUPPORTED`), or anything else that
 * the store says (`QH_STATE`). Nothing was written by the failed call, except where `QH_STATE_UNREACHABLE` says that it may have.
 */
export class StateError extends QualityHubError {
  declare readonly code: StateErrorCode;

  constructor(code: StateErrorCode, message: string, hint: string, cause?: unknown) {
    super(message, { code, hint, ...(cause === undefined ? {} : { cause }) });
  }
}

/** What a driver says after its `close`. */
export function closedError(what: string): StateError {
  return new StateError('QH_STATE_CLOSED', `${what} is closed`, 'Use it before its fixture or its runtime ends');
}
