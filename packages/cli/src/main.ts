/** Entry of the command: gives the process to the command line. */
import { runCommandLine } from './command-line/run-command-line.ts';
import { createTerminal } from './terminal/terminal.ts';

/** Runs `quality-hub` with the words of this process and leaves the exit code in `process.exitCode`. */
export async function main(): Promise<void> {
  // `quality-hub show | head` closes the pipe: the reader has had enough, which is no failure.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      process.exit(process.exitCode ?? 0);
    });
  }
  const terminal = createTerminal(process.stdout, process.stderr, process.env, process.stdin);
  process.exitCode = await runCommandLine(process.argv.slice(2), { terminal, cwd: process.cwd(), env: process.env });
}
