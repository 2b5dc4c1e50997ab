/** All errors of the hub. */
import { QualityHubError } from '@quality-hub/protocol';

export type StoreErrorCode =
  | 'QH_STORE'
  | 'QH_STORE_BUSY'
  | 'QH_STORE_CORRUPT'
  | 'QH_STORE_NEWER'
  | 'QH_STORE_OPEN'
  | 'QH_STORE_UNSUPPORTED';

/**
 * The database cannot be used: locked (`QH_STORE_BUSY`), damaged (`QH_STORE_CORRUPT`), written by a newer Quality Hub
 * (`QH_STORE_NEWER`), not to be opened (`QH_STORE_OPEN`), not supported by this Node (`QH_STORE_UNSUPPORTED`), or anything
 * else that SQLite says (`QH_STORE`). Nothing is lost: the spool keeps every event until it is stored.
 */
export class StoreError extends QualityHubError {
  declare readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, hint: string, cause?: unknown) {
    super(message, { code, hint, ...(cause === undefined ? {} : { cause }) });
  }
}

/** The hub has no such run (`QH_RUN_UNKNOWN`). */
export class RunUnknownError extends QualityHubError {
  constructor(runId: string, known: readonly string[]) {
    super(
      known.length === 0
        ? `No run "${runId}": nothing has been recorded here yet`
        : `No run "${runId}"; the newest is "${known[0]}"`,
      {
        code: 'QH_RUN_UNKNOWN',
        hint: known.length === 0 ? 'Run your tests with the reporter first' : 'List the runs with `quality-hub runs`',
      },
    );
  }
}
