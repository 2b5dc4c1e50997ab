/** Whether a process of this machine still lives: by its number and the moment of its start, since numbers are used again. */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process as others may look for it. */
export interface ProcessMark {
  /** Machine and room of process numbers: those of a container are its own. */
  readonly machine: string;
  readonly pid: number;
  /** When it began, in the units of its system; undefined where the system does not say. */
  readonly startedAt?: string;
}

/** This process. */
export function ownProcess(): ProcessMark {
  const startedAt = startOf(process.pid)?.startedAt;
  return { machine: thisMachine(), pid: process.pid, ...(startedAt === undefined ? {} : { startedAt }) };
}

/**
 * False where it is known to be dead, true where it lives or is stopped, undefined where only its own machine can tell.
 */
export function isAlive(mark: ProcessMark): boolean | undefined {
  if (mark.machine !== thisMachine()) return undefined;
  try {
    process.kill(mark.pid, 0);
  } catch (error) {
    // Somebody else's process has this number: it lives, and may be ours under another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const found = startOf(mark.pid);
  if (found === undefined) return process.platform !== 'linux';
  return !found.isDead && (mark.startedAt === undefined || mark.startedAt === found.startedAt);
}

function thisMachine(): string {
  const boot = tryRead(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  const numbers = tryRead(() => readlinkSync('/proc/self/ns/pid'));
  return [hostname(), boot, numbers].filter(part => part !== undefined).join(' ');
}

/** Linux says it in `/proc/<pid>/stat`, proc(5): state is field 3 and start time field 22, after a name that may hold anything. */
function startOf(pid: number): { readonly startedAt: string; readonly isDead: boolean } | undefined {
  const stat = tryRead(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startedAt] = [fields?.[0], fields?.[19]];
  // A zombie has ended, and waits for its parent to hear so.
  return state === undefined || startedAt === undefined ? undefined : { startedAt, isDead: 'ZXx'.includes(state) };
}

function tryRead(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
