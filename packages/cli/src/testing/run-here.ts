/** Runs the real command line inside the test's process: faster than a child, and seen by the coverage. */
import { runCommandLine } from '../command-line/run-command-line.ts';
import { recordingTerminal } from './recording-terminal.ts';
import type { BinResult } from './run-bin.ts';

export async function runHere(
  args: readonly string[],
  { cwd, env = {}, answer, piped }: { cwd: string; env?: NodeJS.ProcessEnv; answer?: () => string; piped?: string },
): Promise<BinResult> {
  const terminal = recordingTerminal(undefined, answer, piped);
  const code = await runCommandLine(args, { terminal, cwd, env });
  const text = (lines: readonly string[]): string => lines.map(line => `${line}\n`).join('');
  return { code, stdout: text(terminal.lines), stderr: text(terminal.errors) };
}
