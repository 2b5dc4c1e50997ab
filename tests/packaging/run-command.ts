/** Runs a command to its end on the Node of this process or another one, whatever the system's own is. */
import { spawn } from 'node:child_process';
import { delimiter, dirname } from 'node:path';

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  /** Both streams, as a terminal would show them. */
  readonly output: string;
}

/** `node` is the folder of the Node to run on. */
export function runCommand(
  command: string,
  args: readonly string[],
  { cwd, env = {}, node = dirname(process.execPath) }: { cwd: string; env?: NodeJS.ProcessEnv; node?: string },
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...outsideEnvironment(node), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let output = '';
    child.stdout.on('data', chunk => {
      stdout += chunk;
      output += chunk;
    });
    child.stderr.on('data', chunk => {
      output += chunk;
    });
    child.on('error', reject);
    child.on('close', code => resolve({ code: code ?? 1, stdout, output }));
  });
}

/** Nothing of the workspace may help: no module path, no variable of the runner above, no folder of programs of the workspace. */
function outsideEnvironment(node: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(NODE_PATH|NODE_OPTIONS|VITEST|QH_|QUALITY_HUB_|npm_|PLAYWRIGHT_JSON|TEST$|NODE_ENV)/.test(name),
  );
  const path = (process.env.PATH ?? '')
    .split(delimiter)
    .filter(folder => !folder.endsWith('node_modules/.bin') || folder.includes('_npx'));
  return { ...Object.fromEntries(kept), PATH: [node, ...path].join(delimiter) };
}
