/** A round in which the run, or a part of it, is killed from outside at a random moment. */
import { setTimeout as sleep } from 'node:timers/promises';
import { hubFolderFor } from '@quality-hub/telemetry';
import { membersOf, signal } from '../child/process-group.ts';
import { type StartedRun, startRun } from '../child/start-run.ts';
import type { Random } from '../random.ts';
import { checkRun } from '../record/check-run.ts';
import { checkStore } from '../record/check-store.ts';
import { readTruth } from '../record/truth.ts';
import type { Kind, RoundFacts, RoundPlace } from '../round.ts';
import { pickMoment, waitForMoment } from './kill-moment.ts';
import { writeKillProject } from './kill-project.ts';

type Strike = (run: StartedRun, place: RoundPlace) => Promise<void> | void;

/** CI services give a run so long between the polite signal and the last one. */
const CI_PAUSE_MS = 10_000;
const SHORT_CI_PAUSE_MS = 700;

export const KILLS: readonly Kind[] = [
  killKind('sigint', 'SIGINT to the runner, at times twice', interrupt),
  killKind('sigterm', 'SIGTERM to the runner', ({ pid }) => signal(pid, 'SIGTERM')),
  killKind('sigkill', 'SIGKILL to the runner', ({ pid }) => signal(pid, 'SIGKILL')),
  killKind('group', 'SIGKILL to the whole process group', ({ pid }) => signal(-pid, 'SIGKILL')),
  killKind('ci-cancel', 'SIGTERM to the process group, SIGKILL 10 s later', cancel),
  killKind('worker-sigkill', 'SIGKILL to a worker', killWorker),
];

/** The value that must never be found in clear, different in each round. */
export function secretOf(seed: number): string {
  return `swordfish-${seed}-deep`;
}

function killKind(name: string, what: string, strike: Strike): Kind {
  return { name, what, isKill: true, run: place => killRound(place, strike) };
}

async function killRound(place: RoundPlace, strike: Strike): Promise<RoundFacts> {
  const { dir, random, seed } = place;
  const project = writeKillProject(dir, random);
  const moment = pickMoment(random, project);
  const secret = secretOf(seed);
  const run = startRun({ dir, runId: 'killed', secret });
  if (await waitForMoment(moment, run)) await strike(run, place);
  const end = await run.ended;
  const folder = hubFolderFor(dir, {});
  const facts = await checkRun({ folder, runId: 'killed', truth: readTruth(run.truth), end });
  return { ...facts, broken: [...facts.broken, ...(await checkStore(folder, secret))] };
}

async function interrupt({ pid, isOver }: StartedRun, { random }: RoundPlace): Promise<void> {
  signal(pid, 'SIGINT');
  if (!random.chance(0.3)) return;
  await sleep(random.integer(20, 400));
  if (!isOver()) signal(pid, 'SIGINT');
}

async function cancel({ pid, isOver }: StartedRun, { full }: RoundPlace): Promise<void> {
  signal(-pid, 'SIGTERM');
  const deadline = Date.now() + (full ? CI_PAUSE_MS : SHORT_CI_PAUSE_MS);
  while (Date.now() < deadline && !isOver()) await sleep(20);
  signal(-pid, 'SIGKILL');
}

function killWorker({ pid }: StartedRun, { random }: { readonly random: Random }): void {
  const workers = membersOf(pid).filter(member => member !== pid);
  if (workers.length > 0) signal(random.pick(workers), 'SIGKILL');
}
