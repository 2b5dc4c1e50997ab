/** A real server that answers as a test tells it to, and remembers what it was asked. */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type LocalServer, startServer } from '@quality-hub/testkit';

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Counts connections: the same number is the same connection. */
  readonly connection: number;
}

export type Answer = (request: IncomingMessage, response: ServerResponse, asked: Asked) => void | Promise<void>;

export interface FaultyServer extends LocalServer {
  readonly asked: readonly Asked[];
  /** The next requests are answered so, in order; then again by the usual answer. */
  next(...answers: readonly Answer[]): void;
}

export async function startFaulty(usual: Answer = json({ ok: true })): Promise<FaultyServer> {
  const asked: Asked[] = [];
  const queue: Answer[] = [];
  const numbers = new Map<Socket, number>();
  const local = await startServer(async (request, response) => {
    const number = numbers.get(request.socket) ?? numbers.size + 1;
    numbers.set(request.socket, number);
    const one: Asked = {
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      body: await buffer(request),
      connection: number,
    };
    asked.push(one);
    await (queue.shift() ?? usual)(request, response, one);
  });
  return { ...local, asked, next: (...answers) => void queue.push(...answers), [Symbol.asyncDispose]: local.close };
}

export function json(value: unknown, status = 200, headers: Record<string, string | string[]> = {}): Answer {
  return (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(value));
  };
}

export const cut: Answer = request => {
  request.socket.destroy();
};

/** Never answers. */
export const hang: Answer = () => undefined;
