/** Whether a process that wrote events will write more. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { WriterRow } from '../store/run-store.ts';

/** A heartbeat is written every 5 s. A writer on another machine that misses six of them is gone. */
const SILENT_MS = 30_000;
/** On this machine the process is asked for. One that lives but has been silent this long is another with the same number. */
const RECYCLED_MS = 300_000;

export interface WriterLifeOptions {
  /** @default Date.now */
  readonly now?: () => number;
  /** @default os.hostname() */
  readonly host?: string;
  /** Whether a process of this machine lives. @default asks the system */
  readonly isAlive?: (pid: number) => boolean;
}

/** What closed the writer. A writer that had more to say than was known then is not closed: it goes by its life again. */
export function closingOf({ closed, lastSeq }: WriterRow): WriterRow['closed'] {
  return closed && lastSeq <= closed.lastSeq ? closed : undefined;
}

export function isGone(
  writer: WriterRow,
  { now = Date.now, host = hostname(), isAlive = processLives }: WriterLifeOptions = {},
): boolean {
  if (writer.ended || closingOf(writer)) return true;
  const silentMs = now() - Date.parse(writer.lastAt);
  if (writer.host !== host || writer.pid === undefined) return silentMs > SILENT_MS;
  return !isAlive(writer.pid) || silentMs > RECYCLED_MS;
}

/**
 * A process that has ended keeps its number until its parent has asked for its end. Where the runner was killed in a container
 * whose first process asks for nobody's, that is for ever.
 */
function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    // "pid (name) state …": the name may hold brackets.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.startsWith('Z', stat.lastIndexOf(')') + 2);
  } catch {
    return false;
  }
}

function processLives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    // A process of another user lives, too: it may not be signalled.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
