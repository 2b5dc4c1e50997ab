/** When a kill falls: anywhere in the life of a run, from its start-up to its last words. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StartedRun } from '../child/start-run.ts';
import { RUNNER_FILE, TESTS_FILE } from '../inside/told.ts';
import type { Random } from '../random.ts';
import type { KillProject } from './kill-project.ts';

const POLL_MS = 4;

/** `lines` of the ground truth have been written, and then some milliseconds. */
export interface KillMoment {
  readonly lines: number;
  readonly thenMs: number;
}

export function pickMoment(random: Random, { lines }: KillProject): KillMoment {
  const phase = random.next01();
  // The start-up, before anything is told: loading the configuration and the reporters, `onBegin`.
  if (phase < 0.15) return { lines: 0, thenMs: random.integer(0, 1500) };
  // The end: the last tests, the hub's last batch, the block.
  if (phase < 0.35) return { lines: lines - random.integer(0, 3), thenMs: random.integer(0, 400) };
  return { lines: random.integer(1, lines), thenMs: random.integer(0, 60) };
}

/** Waits for the moment; false when the run was over before it. */
export async function waitForMoment({ lines, thenMs }: KillMoment, run: StartedRun): Promise<boolean> {
  while (lines > 0 && countLines(run.truth) < lines) {
    if (run.isOver()) return false;
    await sleep(POLL_MS);
  }
  await sleep(thenMs);
  return !run.isOver();
}

function countLines(truth: string): number {
  return [RUNNER_FILE, TESTS_FILE].reduce((sum, name) => {
    const path = join(truth, name);
    return sum + (existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0);
  }, 0);
}
