/** A server in a process of its own that answers every request with 1 KB of JSON, as in the table of measured baselines. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface JsonServer extends AsyncDisposable {
  readonly url: string;
}

export async function startJsonServer(): Promise<JsonServer> {
  const child = fork(fileURLToPath(new URL('json-server-child.mjs', import.meta.url)), { stdio: 'inherit' });
  const [port] = (await once(child, 'message')) as [number];
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}
