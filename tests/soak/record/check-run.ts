/** Compares what is kept of one run with the ground truth. Says each broken invariant in words. */

import type { HubFolder } from '@quality-hub/telemetry';
import { eventStreamContract } from '@quality-hub/testkit';
import type { EndedRun } from '../child/start-run.ts';
import type { RoundFacts } from '../round.ts';
import { checkEvidence } from './check-evidence.ts';
import { checkOutcomes } from './check-outcomes.ts';
import { type KeptRun, readKeptRun } from './kept-run.ts';
import type { Truth } from './truth.ts';

export interface RunToCheck {
  readonly folder: HubFolder;
  readonly runId: string;
  readonly truth: Truth;
  readonly end: EndedRun;
}

const NOTHING = { planned: 0, finished: 0, lost: 0, notRun: 0 };

export async function checkRun({ folder, runId, truth, end }: RunToCheck): Promise<RoundFacts> {
  const broken = checkEnd(truth, end);
  const kept = await readKeptRun(folder, runId);
  // A run that died before its reporters knew its tests has planned nothing.
  if (!kept) {
    if (truth.planned) broken.push('the hub does not know the run, whose reporters had begun');
    return { ...NOTHING, broken: named(runId, broken) };
  }
  broken.push(...checkStream(kept), ...checkOutcomes(truth, kept), ...checkEvidence(truth, kept));
  const { planned, finished, lost, notRun } = kept.report.counts;
  return { planned, finished, lost, notRun, broken: named(runId, broken) };
}

/** The suite's own result, and that nothing of it lives on. */
function checkEnd(truth: Truth, { exitCode, leftAlive, hung, output }: EndedRun): string[] {
  const broken: string[] = [];
  if (hung) broken.push('the run hung');
  if (leftAlive > 0) broken.push(`${leftAlive} processes lived on`);
  if (exitCode !== null && truth.status !== undefined) {
    const own = { passed: 0, interrupted: 130 }[truth.status] ?? 1;
    if (exitCode !== own) broken.push(`the run ended with ${truth.status}, yet its exit code is ${exitCode}`);
  }
  if (/^\s+at .*(?:reporters|fixtures|packages)\/.*src\//m.test(output))
    broken.push('a stack trace of ours was printed');
  return broken;
}

function checkStream({ events, report }: KeptRun): string[] {
  const broken = [...eventStreamContract(events)];
  const { delivery, run } = report;
  if (delivery.kept !== delivery.events) broken.push(`${delivery.kept} of ${delivery.events} events are in the store`);
  if (delivery.events !== events.length)
    broken.push(`the hub knows of ${delivery.events} events, the spools hold ${events.length}`);
  const ended = events.some(({ kind }) => kind === 'run.ended');
  if (!ended && run.state !== 'lost') broken.push(`the run never ended, yet its state is ${run.state}`);
  if (ended && run.state !== 'finished' && run.state !== 'interrupted')
    broken.push(`the run ended, yet its state is ${run.state}`);
  return broken;
}

function named(runId: string, broken: readonly string[]): string[] {
  return broken.map(words => `${runId}: ${words}`);
}
