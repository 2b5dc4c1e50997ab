/** Runs the real command in a child process, for tests. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const BIN = fileURLToPath(new URL('../../bin/quality-hub.mjs', import.meta.url));

export interface BinResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export function runBin(
  args: readonly string[],
  { cwd, env = {} }: { cwd: string; env?: NodeJS.ProcessEnv },
): Promise<BinResult> {
  const { CI: _, QUALITY_HUB_DIR: __, NO_COLOR: ___, FORCE_COLOR: ____, ...outer } = process.env;
  return new Promise(resolve => {
    execFile(
      process.execPath,
      [BIN, ...args],
      { cwd, env: { ...outer, ...env }, timeout: 60_000 },
      (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr });
      },
    );
  });
}
