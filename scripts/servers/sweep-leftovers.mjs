/** Ends servers whose owner was killed before it could end them, and removes their folders. */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../setup/processes.mjs';

export const FOLDER_PREFIX = 'quality-hub-server-';
export const OWNER_FILE = 'owner.json';

/** @returns {Promise<number>} how many were found */
export async function sweepLeftovers() {
  let found = 0;
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(FOLDER_PREFIX)) continue;
    const folder = join(tmpdir(), name);
    const note = readNote(folder);
    if (!note || isAlive(note.owner)) continue;
    found += 1;
    for (const server of [note.server].flat()) if (await isServerOf(server, folder)) process.kill(server, 'SIGQUIT');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
  return found;
}

function readNote(folder) {
  try {
    return JSON.parse(readFileSync(join(folder, OWNER_FILE), 'utf8'));
  } catch {
    // Being started, or another user's.
    return undefined;
  }
}

/** Process ids are used again by others: only a process whose command line names the folder is ours. */
async function isServerOf(pid, folder) {
  const { code, output } = await run('ps', ['-o', 'args=', '-p', String(pid)]);
  return code === 0 && output.includes(folder);
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
