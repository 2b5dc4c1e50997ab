/** Runs a command of Playwright once as a process of its own, and tells what that process has used. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Usage {
  /** Of the whole process, all threads. */
  readonly cpuMs: number;
  /** Of its main thread. */
  readonly mainMs: number;
  /** From the start of the process to its end. */
  readonly wallMs: number;
  /** Highest resident memory. */
  readonly peakMb: number;
}

export interface MeasuredCommand {
  /** Folder of the project; Playwright is installed there. */
  readonly dir: string;
  /** Behind `playwright`. */
  readonly args: readonly string[];
  /** Exit codes that are no failure of the benchmark. @default [0, 1]: some tests of the suite fail on purpose */
  readonly codes?: readonly number[];
}

const PROBE = fileURLToPath(new URL('./usage-probe.mjs', import.meta.url));

/** @throws {Error} if the command ends in another way, with the end of what it printed. */
export async function measuredRun({ dir, args, codes = [0, 1] }: MeasuredCommand): Promise<Usage> {
  const file = join(dir, 'usage.json');
  const cli = join(dir, 'node_modules', '@playwright', 'test', 'cli.js');
  const child = spawn(process.execPath, ['--import', PROBE, cli, ...args], {
    cwd: dir,
    env: { ...process.env, BENCH_USAGE: file, CI: '', FORCE_COLOR: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed = (printed + text).slice(-4000);
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  if (code === null || !codes.includes(code))
    throw new Error(`playwright ${args.join(' ')} ended with ${code}:\n${printed}`);
  const usage = JSON.parse(readFileSync(file, 'utf8')) as Usage;
  rmSync(file);
  return usage;
}
