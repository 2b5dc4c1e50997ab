/** The life of one server process: follows its parent's messages, ends cleanly. */
/* v8 ignore file -- runs in child processes of the tests, where this process cannot count */
import type { FastifyInstance } from 'fastify';
import type { SwitchState } from '../switches/schema.ts';
import type { Switchboard } from '../switches/switchboard.ts';
import type { ApplyMessage, ServerMessage } from './messages.ts';

export interface Served {
  readonly app: FastifyInstance;
  readonly switchboard: Switchboard;
  readonly host: string;
  readonly port: number;
  /** Called after each change of the switches. */
  readonly follow?: (states: readonly SwitchState[]) => Promise<void>;
  /** What to close after the last request. */
  readonly close?: () => Promise<void>;
}

export function serve(served: Served): void {
  let port = served.port;
  let last: Promise<void> = Promise.resolve();
  process.on('message', (message: ApplyMessage) => {
    last = last.then(() => apply(message));
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'disconnect'] as const) process.once(signal, () => void end());

  async function apply({ turn, switches, listening }: ApplyMessage): Promise<void> {
    try {
      served.switchboard.set(switches);
      await served.follow?.(served.switchboard.states());
      port = await setListening(served.app, listening, served.host, port);
      tell({ type: 'applied', turn, port, states: served.switchboard.states() });
    } catch (error) {
      tell({ type: 'failed', turn, reason: error instanceof Error ? error.message : String(error) });
    }
  }

  async function end(): Promise<void> {
    try {
      await served.app.close();
      await served.close?.();
      process.exit(0);
    } catch (error) {
      console.error(error);
      process.exit(1);
    }
  }
}

/** Ends the process as a mistake in the code would. The parent starts it again. */
export function crashProcess(downMs: number, states: readonly SwitchState[]): void {
  const fall = () => {
    setImmediate(() => {
      throw new Error('The shop crashed: a promise was rejected and nobody looked');
    });
  };
  tell({ type: 'crashing', downMs, states }, fall);
}

/** Not listening means that the port is closed: the next connection is refused, open ones are cut. */
async function setListening(app: FastifyInstance, listening: boolean, host: string, port: number): Promise<number> {
  const { server } = app;
  if (listening && !server.listening) {
    await app.ready();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => {
        server.off('error', reject);
        resolve();
      });
    });
  }
  if (!listening && server.listening) {
    server.close();
    server.closeAllConnections();
  }
  const address = server.address();
  return address && typeof address === 'object' ? address.port : port;
}

function tell(message: ServerMessage, sent?: () => void): void {
  if (process.connected) process.send?.(message, undefined, undefined, sent);
  else sent?.();
}
