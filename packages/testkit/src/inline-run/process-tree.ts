/** Finds and ends the descendants of one process, by exact id. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process, with its birth: an id alone may belong to another process a moment later. */
export interface ProcessMark {
  readonly pid: number;
  readonly parent: number;
  readonly bornAt: string;
}

/** All descendants of `pid` that are alive now, parents before children. `pid` itself is not among them. */
export function descendantsOf(pid: number): readonly ProcessMark[] {
  const all = livingProcesses();
  const found: ProcessMark[] = [];
  const parents = [pid];
  for (let parent = parents.shift(); parent !== undefined; parent = parents.shift()) {
    for (const mark of all.values()) {
      if (mark.parent !== parent) continue;
      found.push(mark);
      parents.push(mark.pid);
    }
  }
  return found;
}

/** Those of `marks` that are still the same living processes. */
export function stillAlive(marks: readonly ProcessMark[]): readonly ProcessMark[] {
  if (marks.length === 0) return marks;
  const all = livingProcesses();
  return marks.filter(mark => all.get(mark.pid)?.bornAt === mark.bornAt);
}

/** True for a process that runs. A dead one that its parent has not yet collected does not. */
export function isAlive(pid: number): boolean {
  return livingProcesses().has(pid);
}

/** Waits up to `graceMs` for `marks` to end by themselves, then kills the rest. */
export async function endProcesses(marks: readonly ProcessMark[], graceMs: number): Promise<void> {
  const deadline = Date.now() + graceMs;
  let alive = stillAlive(marks);
  while (alive.length > 0 && Date.now() < deadline) {
    await sleep(25);
    alive = stillAlive(alive);
  }
  for (const { pid } of alive) killQuietly(pid, 'SIGKILL');
}

/** Sends a signal; a process that has just ended is no error. */
export function killQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function livingProcesses(): Map<number, ProcessMark> {
  const marks = process.platform === 'linux' ? fromProc() : fromPs();
  return new Map(marks.map(mark => [mark.pid, mark]));
}

function fromProc(): ProcessMark[] {
  const marks: ProcessMark[] = [];
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      // "pid (name) state ppid …": the name may hold blanks and brackets, so the fields are counted from its end.
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const [state, parent, bornAt] = [fields[0], fields[1], fields[19]];
      if (state !== 'Z' && parent && bornAt) marks.push({ pid: Number(entry), parent: Number(parent), bornAt });
    } catch {
      // It ended while we looked.
    }
  }
  return marks;
}

function fromPs(): ProcessMark[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,state=,lstart='], { encoding: 'utf8' }).split('\n');
  return lines.flatMap(line => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.+)$/.exec(line);
    if (!match?.[1] || !match[2] || !match[4] || match[3]?.startsWith('Z')) return [];
    return [{ pid: Number(match[1]), parent: Number(match[2]), bornAt: match[4].trim() }];
  });
}
