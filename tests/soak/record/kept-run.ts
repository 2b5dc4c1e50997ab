/** Reads what Quality Hub has kept of one run: the events of its spools, the rows of its store, the hub's report. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openHub, type RunReport } from '@quality-hub/hub';
import { type EvidenceRecord, isQualityHubError, type RunEvent, upgradeEvent } from '@quality-hub/protocol';
import { type HubFolder, runSpoolFolder, SpoolReader } from '@quality-hub/telemetry';

export interface KeptEvidence {
  readonly test: string;
  readonly retry: number;
  readonly record: EvidenceRecord;
}

export interface KeptRun {
  readonly report: RunReport;
  /** In the order of their writers and numbers. */
  readonly events: readonly RunEvent[];
  readonly evidence: readonly KeptEvidence[];
}

/** Brings the hub up to date and reads one run; undefined where it does not know the run. */
export async function readKeptRun(folder: HubFolder, runId: string): Promise<KeptRun | undefined> {
  await using hub = openHub({ folder });
  await hub.catchUp();
  try {
    const report = await hub.report(runId);
    return { report, events: readEvents(folder, runId), evidence: readEvidence(folder, runId) };
  } catch (error) {
    if (isQualityHubError(error) && error.code === 'QH_RUN_UNKNOWN') return undefined;
    throw error;
  }
}

export function readEvents(folder: HubFolder, runId: string): RunEvent[] {
  const spools = runSpoolFolder(folder, runId);
  return readdirSync(spools)
    .sort()
    .flatMap(name => eventsOf(join(spools, name)));
}

function eventsOf(path: string): RunEvent[] {
  const reader = new SpoolReader(path);
  const events: RunEvent[] = [];
  for (let read = reader.read(); ; read = reader.read()) {
    for (const line of read.lines) events.push(upgradeEvent(JSON.parse(line)));
    if (read.atEnd) return events;
  }
}

function readEvidence({ database }: HubFolder, runId: string): KeptEvidence[] {
  using store = new DatabaseSync(database, { readOnly: true, timeout: 5000 });
  const rows = store
    .prepare(`SELECT identities.test, retry, records FROM evidence JOIN identities ON identities.id = evidence.test
       WHERE run = (SELECT id FROM runs WHERE run_id = ?) ORDER BY evidence.id`)
    .all(runId);
  return rows.flatMap(({ test, retry, records }) =>
    (JSON.parse(String(records)) as EvidenceRecord[]).map(record => ({
      test: String(test),
      retry: Number(retry),
      record,
    })),
  );
}
