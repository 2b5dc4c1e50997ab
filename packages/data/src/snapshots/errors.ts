/** All errors of snapshots. */
import { QualityHubError } from '@quality-hub/protocol';

export type SnapshotErrorCode =
  | 'QH_SNAPSHOT_INTERRUPTED'
  | 'QH_SNAPSHOT_MISSING'
  | 'QH_SNAPSHOT_PART'
  | 'QH_SNAPSHOT_SCHEMA'
  | 'QH_SNAPSHOT_TORN'
  | 'QH_SNAPSHOT_VERSION';

/**
 * A snapshot cannot be used: there is none of this name (`QH_SNAPSHOT_MISSING`), its files are damaged
 * (`QH_SNAPSHOT_TORN`), it was written by another version (`QH_SNAPSHOT_VERSION`), it does not fit what is there now
 * (`QH_SNAPSHOT_SCHEMA`), a part of it cannot be saved or restored (`QH_SNAPSHOT_PART`), or an earlier restore was killed
 * half way (`QH_SNAPSHOT_INTERRUPTED`).
 */
export class SnapshotError extends QualityHubError {
  declare readonly code: SnapshotErrorCode;

  constructor(code: SnapshotErrorCode, message: string, hint: string, cause?: unknown) {
    super(message, { code, hint, ...(cause === undefined ? {} : { cause }) });
  }
}
