/** From what the user wrote to the report of one run. */
import type { Hub, RunReport } from '@quality-hub/hub';
import { isQualityHubError } from '@quality-hub/protocol';
import { RunAmbiguousError } from '../errors.ts';

/** Beginnings are looked for among so many of the newest runs. */
const SEARCHED_RUNS = 200;

/**
 * The report of `latest`, of a whole id, or of the one run whose id begins so.
 *
 * @throws {RunAmbiguousError} (`QH_RUN_AMBIGUOUS`) if the beginning fits several runs.
 * @throws {RunUnknownError} (`QH_RUN_UNKNOWN`) of the hub if it fits none.
 */
export async function reportOf(hub: Hub, wanted: string): Promise<RunReport> {
  try {
    return await hub.report(wanted);
  } catch (error) {
    if (wanted === 'latest' || !isQualityHubError(error) || error.code !== 'QH_RUN_UNKNOWN') throw error;
    const runs = await hub.runs({ limit: SEARCHED_RUNS });
    const fitting = runs.map(({ id }) => id).filter(id => id.startsWith(wanted));
    if (fitting.length > 1) throw new RunAmbiguousError(wanted, fitting);
    const [only] = fitting;
    if (only === undefined) throw error;
    return hub.report(only);
  }
}
