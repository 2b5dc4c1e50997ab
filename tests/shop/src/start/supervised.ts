/** Keeps one server process alive, and its switches with it. */
import { type ChildProcess, fork } from 'node:child_process';
import type { SwitchState } from '../switches/schema.ts';
import type { ApplyMessage, ServerMessage } from './messages.ts';

export interface Supervised {
  /** The same after a restart. */
  readonly port: number;
  /** Sets the switches; resolves with their counts when the server has them. Waits out a restart. */
  apply(switches: readonly SwitchState[], listening: boolean): Promise<readonly SwitchState[]>;
  stop(): Promise<void>;
}

export interface SupervisedOptions {
  readonly name: string;
  readonly entry: URL;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The variable that fixes the port after the first start. */
  readonly portVariable: string;
  /** A crash without warning is down this long. */
  readonly defaultDownMs: number;
}

interface Waiting {
  readonly resolve: (states: readonly SwitchState[]) => void;
  readonly reject: (error: Error) => void;
}

/** @throws when the process ends before it listens. */
export async function supervise(options: SupervisedOptions): Promise<Supervised> {
  const { name, entry, portVariable, defaultDownMs } = options;
  const waiting = new Map<number, Waiting>();
  let env = { ...options.env };
  let port = 0;
  let turn = 0;
  let stopping = false;
  let downMs = defaultDownMs;
  let last: ApplyMessage = { type: 'apply', turn: 0, switches: [], listening: true };
  let gone: Promise<void> = Promise.resolve();
  let restart: NodeJS.Timeout | undefined;
  let child = start();

  function start(): ChildProcess {
    const next = fork(entry, { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    next.on('message', (message: ServerMessage) => hear(message));
    gone = new Promise(resolve => next.once('exit', () => resolve()));
    next.once('exit', (code, signal) => {
      if (stopping) return;
      if (port === 0) return fail(`${name} ended before it listened (${signal ?? `exit code ${code}`})`);
      restart = setTimeout(() => {
        child = start();
        child.send(last);
      }, downMs);
      downMs = defaultDownMs;
    });
    // A message to a process that has just ended is sent again to the next one.
    next.on('error', () => undefined);
    return next;
  }

  function hear(message: ServerMessage): void {
    if (message.type === 'crashing') {
      downMs = message.downMs;
      last = { ...last, switches: message.states };
      return;
    }
    const waiter = waiting.get(message.turn);
    waiting.delete(message.turn);
    if (message.type === 'failed') {
      if (port === 0) fail(`${name} cannot start: ${message.reason}`);
      waiter?.reject(new Error(message.reason));
      return;
    }
    port = message.port;
    env = { ...env, [portVariable]: String(port) };
    waiter?.resolve(message.states);
  }

  function fail(reason: string): void {
    for (const { reject } of waiting.values()) reject(new Error(reason));
    waiting.clear();
  }

  const supervised: Supervised = {
    get port() {
      return port;
    },
    apply(switches, listening) {
      turn++;
      last = { type: 'apply', turn, switches, listening };
      return new Promise((resolve, reject) => {
        waiting.set(turn, { resolve, reject });
        if (child.connected) child.send(last);
      });
    },
    async stop() {
      stopping = true;
      clearTimeout(restart);
      fail(`${name} was stopped`);
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), 5000);
      await gone;
      clearTimeout(force);
    },
  };
  try {
    await supervised.apply([], true);
  } catch (error) {
    await supervised.stop();
    throw error;
  }
  return supervised;
}
