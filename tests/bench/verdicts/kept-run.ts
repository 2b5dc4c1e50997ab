/** Keeps a run of the suite, and judges it again by the rules as they are now: seconds instead of minutes. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openHub, type ReportedFailure } from '@quality-hub/hub';
import { OptionError, type RunEvent } from '@quality-hub/protocol';
import type { InlineResult } from '@quality-hub/testkit';

/** What the run told, and what the hub makes of it. */
export interface SuiteRun {
  readonly events: readonly RunEvent[];
  readonly failures: () => Promise<readonly ReportedFailure[]>;
  /** The end of what the runner printed. */
  readonly output: string;
}

interface KeptParts {
  readonly parts: readonly Pick<InlineResult, 'hubFolder'>[];
}

const EVENTS = 'events.json';
const SPOOLS = 'spools';

/** A new folder in the workspace, where the project finds its packages. */
export function keptFolder(): string {
  const dir = fileURLToPath(new URL(`../../../.scratch/verdicts-${Date.now()}`, import.meta.url));
  mkdirSync(dir, { recursive: true });
  return dir;
}

export function keepRun(dir: string, { events, parts }: Pick<SuiteRun, 'events'> & KeptParts): void {
  writeFileSync(join(dir, EVENTS), JSON.stringify(events));
  // Each run has a folder of its own in there.
  for (const { hubFolder } of parts) cpSync(hubFolder.spools, join(dir, SPOOLS), { recursive: true });
}

/** @throws {OptionError} (`QH_OPTION`) if the folder holds no kept run. */
export function readKeptRun(dir: string): SuiteRun {
  if (!existsSync(join(dir, EVENTS))) {
    throw new OptionError(
      'pnpm bench verdicts',
      [`--again is '${dir}', which holds no kept run`],
      'Make one by --keep',
    );
  }
  const events: RunEvent[] = JSON.parse(readFileSync(join(dir, EVENTS), 'utf8'));
  return { events, output: '', failures: () => judgeAgain(join(dir, SPOOLS), events) };
}

/** In a database of its own: what was judged before must not be remembered. */
async function judgeAgain(spools: string, events: readonly RunEvent[]): Promise<readonly ReportedFailure[]> {
  const path = mkdtempSync(join(tmpdir(), 'verdicts-'));
  try {
    await using hub = await openHub({
      folder: { path, database: join(path, 'hub.db'), spools, state: join(path, 'state.db') },
    });
    await hub.catchUp();
    const runs = [...new Set(events.map(({ runId }) => runId))];
    const failures: ReportedFailure[] = [];
    for (const run of runs) failures.push(...(await hub.report(run)).failures);
    return failures;
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}
