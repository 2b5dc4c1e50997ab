/** Playwright's own trace viewer, served for one trace. */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const CLI = createRequire(import.meta.url).resolve('@playwright/test/cli');

export interface TraceViewer extends AsyncDisposable {
  readonly url: string;
}

export async function openTraceViewer(trace: string): Promise<TraceViewer> {
  const args = [CLI, 'show-trace', '--host', '127.0.0.1', '--port', '0', trace];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()));
  for await (const line of createInterface({ input: child.stdout })) {
    const [url] = /http:\/\/\S+/.exec(line) ?? [];
    if (url === undefined) continue;
    return {
      url,
      [Symbol.asyncDispose]: async () => {
        child.kill('SIGKILL');
        await ended;
      },
    };
  }
  throw new Error('The trace viewer ended before it said where it is');
}
