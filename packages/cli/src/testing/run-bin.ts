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
  const outer = { ...process.env };
  // The password in the address of a server of the tests would be one more known value.
  for (const name of ['CI', 'QUALITY_HUB_DIR', 'NO_COLOR', 'FORCE_COLOR', 'QH_REDIS_URL', 'QH_REDIS_CLUSTER_URL'])
    delete outer[name];
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
