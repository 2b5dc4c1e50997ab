/** Runs one Node program to its end: collects output, sends a signal at a chosen moment, never leaves a process behind. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { InlineRunError, InlineTimeoutError } from '../errors.ts';
import { descendantsOf, endProcesses, killQuietly, type ProcessMark } from './process-tree.ts';

/** How long output may still arrive after the process has ended. */
const PIPE_GRACE_MS = 2000;

export interface SignalPlan {
  /** When: as soon as stdout or stderr matches, or so many milliseconds after the start. */
  readonly after: RegExp | number;
  readonly send: NodeJS.Signals;
  /** How long workers and browsers may outlive the runner before they are killed. @default 5000 */
  readonly graceMs?: number;
}

export interface ChildOptions {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly timeoutMs: number;
  readonly signal?: SignalPlan;
}

export interface ChildResult {
  /** `null` where a signal ended the process. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Both streams in the order of arrival. */
  readonly output: string;
  readonly durationMs: number;
}

/**
 * Runs `process.execPath` with `args`.
 *
 * @throws {InlineTimeoutError} (`QH_INLINE_TIMEOUT`) at the deadline, after the whole process tree was killed.
 * @throws {InlineRunError} (`QH_INLINE_RUN`) if the program cannot be started, or ended before its signal was due.
 */
export async function runChild({ args, cwd, env, timeoutMs, signal }: ChildOptions): Promise<ChildResult> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const text = { stdout: '', stderr: '', output: '' };
  let left: readonly ProcessMark[] = [];
  let sent = false;
  let late = false;

  const strike = (): void => {
    if (sent || !signal || child.pid === undefined || child.exitCode !== null) return;
    sent = true;
    left = descendantsOf(child.pid);
    killQuietly(child.pid, signal.send);
  };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (chunk: string) => {
      text[stream] += chunk;
      text.output += chunk;
      if (signal?.after instanceof RegExp && text.output.search(signal.after) >= 0) strike();
    });
  }
  const strikeTimer = typeof signal?.after === 'number' ? setTimeout(strike, signal.after) : undefined;
  const deadline = setTimeout(() => {
    late = true;
    if (child.pid === undefined) return;
    left = descendantsOf(child.pid);
    for (const { pid } of [{ pid: child.pid }, ...left]) killQuietly(pid, 'SIGKILL');
  }, timeoutMs);

  try {
    const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    const closed = once(child, 'close');
    closed.catch(() => {}); // `ended` fails with the same error.
    const [exitCode, endSignal] = await ended;
    clearTimeout(deadline);
    await endProcesses(left, late ? 0 : (signal?.graceMs ?? 5000));
    // A program of the project that outlives the run may hold the pipes; it must not hold the test.
    await Promise.race([closed, sleep(PIPE_GRACE_MS, undefined, { ref: false })]);
    child.stdout.destroy();
    child.stderr.destroy();
    if (late) throw new InlineTimeoutError(timeoutMs, text.output);
    if (signal && !sent) throw neverSent(signal, exitCode, text.output);
    return { exitCode, signal: endSignal, ...text, durationMs: performance.now() - startedAt };
  } catch (error) {
    if (error instanceof InlineTimeoutError || error instanceof InlineRunError) throw error;
    throw new InlineRunError(
      `Cannot start ${process.execPath} in ${cwd}`,
      'Is the folder there, and is Node whole?',
      error,
    );
  } finally {
    clearTimeout(deadline);
    clearTimeout(strikeTimer);
  }
}

function neverSent({ after, send }: SignalPlan, exitCode: number | null, output: string): InlineRunError {
  const when = after instanceof RegExp ? `its output matched ${String(after)}` : `${after} ms had passed`;
  return new InlineRunError(
    `The run ended with exit code ${exitCode} before ${when}, so ${send} was never sent`,
    `The end of its output:\n${output.slice(-2000)}`,
  );
}
