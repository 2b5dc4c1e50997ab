/** 64 callers of 8 processes on one lock: how long it lies idle between two of them, and whether anybody starves. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { median } from '../measure/statistics.ts';

const CHILD = fileURLToPath(new URL('./waiter-child.ts', import.meta.url));
const PROCESSES = 8;
const CALLERS = 8;

interface Held {
  readonly token: number;
  readonly askedAt: number;
  readonly gotAt: number;
  readonly gaveBackAt: number;
}

export interface HandOver {
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** The longest wait over the median one. */
  readonly longestWait: number;
}

export async function measureHandOver(place: string, turns: number): Promise<HandOver> {
  const children = Array.from({ length: PROCESSES }, (_, at) => {
    const child = spawn(process.execPath, [CHILD, place, `p${at}`, String(CALLERS), String(turns)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    return { child, line: async () => String((await lines.next()).value) };
  });
  await Promise.all(children.map(({ line }) => line()));
  for (const { child } of children) child.stdin.write('go\n');
  const told = await Promise.all(children.map(async ({ line }) => JSON.parse(await line()) as Held[]));
  const held = told.flat().sort((a, b) => a.token - b.token);
  if (held.length !== PROCESSES * CALLERS * turns) throw new Error(`${held.length} leases were granted`);
  // While all of them wait: not at the start, when the queue grows, nor at the end, when it is done.
  const full = held.slice(PROCESSES * CALLERS, -PROCESSES * CALLERS);
  const idle = full.slice(1).map((one, at) => one.gotAt - (full[at] as Held).gaveBackAt);
  const waits = full.map(({ askedAt, gotAt }) => gotAt - askedAt);
  return {
    p50Ms: median(idle),
    p95Ms: [...idle].sort((a, b) => a - b)[Math.floor(idle.length * 0.95)] ?? Number.NaN,
    longestWait: Math.max(...waits) / median(waits),
  };
}
