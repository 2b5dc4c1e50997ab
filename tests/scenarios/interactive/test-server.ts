/** The long-lived process behind UI mode and the editor's extension, driven as they drive it: JSON over a WebSocket. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { cleanEnvironment } from '@quality-hub/testkit';

const LONGEST_START_MS = 60_000;

export interface TestServer extends AsyncDisposable {
  /** All that the server has printed. */
  output(): string;
  /** Calls a method of the server, such as `listTests`, and waits for its answer. */
  call<T>(method: string, params?: object): Promise<T>;
}

/** Starts `playwright <args>` in `dir` with the garbage collector in reach, and connects as the editor would. */
export async function startTestServer(
  dir: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<TestServer> {
  const cli = createRequire(join(dir, 'package.json')).resolve('@playwright/test/cli');
  const child = spawn(process.execPath, ['--expose-gc', cli, ...args], {
    cwd: dir,
    // Under test UI mode opens no browser.
    env: cleanEnvironment(process.env, { PWTEST_UNDER_TEST: '1', ...env }),
    // The server ends with its standard input: it does not outlive this process.
    stdio: 'pipe',
  });
  const ended = once(child, 'exit');
  let text = '';
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  try {
    const listening = await new Promise<string>((resolve, reject) => {
      const tooLate = (): void => reject(new Error(`The server does not listen. It said: ${text}`));
      setTimeout(tooLate, LONGEST_START_MS).unref();
      child.once('exit', tooLate);
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
          const address = /Listening on (\S+)/.exec(text)?.[1];
          if (address) resolve(address);
        });
      }
    });
    const socket = new WebSocket(await socketAddress(listening));
    await once(socket, 'open');
    const call = callsThrough(socket);
    await call('initialize', { interceptStdio: false, watchTestDirs: false });
    return { call, output: () => text, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The test server says where its socket is; UI mode says where its page is, and the page's folder has the socket. */
async function socketAddress(listening: string): Promise<string> {
  if (listening.startsWith('ws:')) return listening;
  const { headers } = await fetch(listening, { redirect: 'manual' });
  const page = new URL(headers.get('location') ?? '', listening);
  const [prefix] = page.pathname.split('/trace/');
  return `ws://${page.host}${prefix}/ws`;
}

function callsThrough(socket: WebSocket): TestServer['call'] {
  const waiting = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>();
  let calls = 0;
  socket.addEventListener('message', ({ data }) => {
    const { id, result, error } = JSON.parse(String(data));
    const call = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) call?.resolve(result as never);
    else call?.reject(new Error(String(error)));
  });
  socket.addEventListener('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('The server has hung up'));
  });
  return (method, params = {}) =>
    new Promise((resolve, reject) => {
      const id = ++calls;
      waiting.set(id, { resolve, reject });
      socket.send(JSON.stringify({ id, method, params }));
    });
}
