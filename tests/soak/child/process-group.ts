/** The processes of one run: it leads a group of its own, so that they can be found when the runner is gone. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 20;

/** Ids of the living members of a group, the leader among them. A dead one that nobody has collected is not living. */
export function membersOf(group: number): readonly number[] {
  const rows = process.platform === 'linux' ? fromProc() : fromPs();
  return rows.filter(row => row.group === group && !row.state.startsWith('Z')).map(({ pid }) => pid);
}

/** Sends a signal; who has just ended is no error. A negative id is a group. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Waits until a group is empty. What is left after `graceMs` is killed, and handed back. */
export async function emptyGroup(group: number, graceMs: number): Promise<readonly number[]> {
  const deadline = Date.now() + graceMs;
  let left = membersOf(group);
  while (left.length > 0 && Date.now() < deadline) {
    await sleep(POLL_MS);
    left = membersOf(group);
  }
  for (const pid of left) signal(pid, 'SIGKILL');
  return left;
}

interface ProcessRow {
  readonly pid: number;
  readonly group: number;
  readonly state: string;
}

function fromProc(): ProcessRow[] {
  return readdirSync('/proc').flatMap(entry => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      // "pid (name) state ppid pgrp …": the name may hold blanks and brackets, so the fields are counted from its end.
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      const [state = 'Z', , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return [{ pid: Number(entry), group: Number(group), state }];
    } catch {
      return [];
    }
  });
}

function fromPs(): ProcessRow[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,pgid=,state='], { encoding: 'utf8' }).trim().split('\n');
  return lines.map(line => {
    const [pid, group, state = 'Z'] = line.trim().split(/\s+/);
    return { pid: Number(pid), group: Number(group), state };
  });
}
