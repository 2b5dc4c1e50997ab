/** What a query tells of itself, as evidence. */
import type { QueryRecord } from '@quality-hub/clients/db';
import type { Evidence } from '@quality-hub/protocol';

const SIGNED_OFF = new Set(['deadline']);

/**
 * Every statement that failed or was slow is told; of the others there are too many to be of use. One that its policy turned
 * away, or that the server did not answer, also speaks of the server as a whole.
 */
export function databaseEvidence(query: QueryRecord): readonly Evidence[] {
  const { database, operation, durationMs, attempts, outcome, errorCode, serverCode, message, refusedBy, slow } = query;
  const code = serverCode ?? errorCode;
  if (outcome === 'aborted' || (outcome === 'ok' && !slow)) return [];
  if (refusedBy !== undefined && !SIGNED_OFF.has(refusedBy)) {
    return [
      {
        kind: 'call',
        dependency: database,
        operation,
        outcome: 'refused',
        attempts,
        durationMs,
        ...(errorCode === undefined ? {} : { errorCode }),
      },
    ];
  }
  return [
    {
      kind: 'database',
      database,
      operation,
      durationMs,
      ...(outcome === 'failed' && code !== undefined ? { errorCode: code } : {}),
      ...(message === undefined ? {} : { message }),
    },
  ];
}
