/** Starts one real Playwright run as a child that leads its own process group. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SECRET_VARIABLE } from '../inside/perform.ts';
import { TRUTH_VARIABLE } from '../inside/told.ts';
import { emptyGroup, signal } from './process-group.ts';

/** A run that takes longer than this hangs. */
const LONGEST_MS = 300_000;
/** So long may workers outlive their runner. */
const GRACE_MS = 15_000;
/** So much of the output is kept. */
const OUTPUT_CHARS = 1 << 20;

export interface RunPlan {
  /** Folder of the project. */
  readonly dir: string;
  /** Names the run in the hub, and the folder of its ground truth. */
  readonly runId: string;
  readonly secret: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface EndedRun {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The end of what it printed on both streams. */
  readonly output: string;
  /** Processes of the run that had to be killed long after its end. */
  readonly leftAlive: number;
  /** True where the run hung and was killed. */
  readonly hung: boolean;
}

export interface StartedRun {
  readonly pid: number;
  readonly truth: string;
  readonly isOver: () => boolean;
  /** Settles when every process of the run is gone. */
  readonly ended: Promise<EndedRun>;
}

export function startRun({ dir, runId, secret, args = [], env = {} }: RunPlan): StartedRun {
  const truth = join(dir, `truth-${runId}`);
  mkdirSync(truth, { recursive: true });
  const cli = createRequire(join(dir, 'package.json')).resolve('@playwright/test/cli');
  const child = spawn(process.execPath, [cli, 'test', `--output=results-${runId}`, ...args], {
    cwd: dir,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...plainEnvironment(),
      QUALITY_HUB_RUN_ID: runId,
      [TRUTH_VARIABLE]: truth,
      [SECRET_VARIABLE]: secret,
      // An interrupt while a worker is being started is never told to it, and Playwright would wait five minutes for its end.
      PWTEST_CHILD_PROCESS_TIMEOUT: '30000',
      ...env,
    },
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`Cannot start ${process.execPath}`);
  // A round that is stopped from outside takes its runs along.
  const takeAlong = (): void => signal(-pid, 'SIGKILL');
  process.once('exit', takeAlong);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-OUTPUT_CHARS);
    });
  }
  let over = false;
  const end = async (): Promise<EndedRun> => {
    const closed = once(child, 'close');
    const gaveUp = new AbortController();
    const late = sleep(LONGEST_MS, 'late' as const, { signal: gaveUp.signal }).catch(() => 'in time' as const);
    const exit = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    const hung = (await Promise.race([exit, late])) === 'late';
    gaveUp.abort();
    if (hung) signal(-pid, 'SIGKILL');
    const [exitCode, endSignal] = await exit;
    over = true;
    const left = await emptyGroup(pid, GRACE_MS);
    process.off('exit', takeAlong);
    await closed;
    return { exitCode, signal: endSignal, output, leftAlive: left.length, hung };
  };
  return { pid, truth, isOver: () => over, ended: end() };
}

/** What a user's shell has, and nothing that tells of a run around this one. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'PLAYWRIGHT_BROWSERS_PATH'];
  const known = kept.flatMap(name => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  return { ...Object.fromEntries(known), FORCE_COLOR: '0' };
}
