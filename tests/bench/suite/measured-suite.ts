/** One run of a suite: how long it takes, and how much memory its runner and its workers have together at most. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { membersOf, signal } from '../../soak/child/process-group.ts';

const LOOK_MS = 100;
const PAGE_BYTES = 4096;

export interface MeasuredSuite {
  readonly wallMs: number;
  /** Without the browsers, which are those of Playwright in both. */
  readonly peakBytes: number;
  readonly passed: number;
  readonly exitCode: number | null;
  readonly output: string;
}

export async function measureSuite(
  config: string,
  { env, workers }: { readonly env: Readonly<Record<string, string>>; readonly workers: number },
): Promise<MeasuredSuite> {
  const cli = createRequire(import.meta.url).resolve('@playwright/test/cli');
  const startedMs = performance.now();
  const child = spawn(process.execPath, [cli, 'test', `--config=${config}`, `--workers=${workers}`], {
    cwd: dirname(config),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('The suite did not start');
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  let peakBytes = 0;
  const look = setInterval(() => {
    peakBytes = Math.max(peakBytes, memoryOf(pid));
  }, LOOK_MS);
  const takeAlong = (): void => signal(-pid, 'SIGKILL');
  process.once('exit', takeAlong);
  const [exitCode] = (await once(child, 'close')) as [number | null];
  process.off('exit', takeAlong);
  clearInterval(look);
  const passed = Number(/^ {2}(\d+) passed/m.exec(output)?.[1] ?? 0);
  return { wallMs: performance.now() - startedMs, peakBytes, passed, exitCode, output };
}

/** Resident pages of all processes of a group. */
function memoryOf(group: number): number {
  return membersOf(group).reduce((sum, pid) => {
    try {
      return sum + Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES;
    } catch {
      return sum;
    }
  }, 0);
}
