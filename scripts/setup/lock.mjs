/** Lets one set-up work at a time in one folder. A lock whose owner no longer lives, or no longer says so, is taken over. */
import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { onEnd } from './processes.mjs';
import { SetupError } from './setup-error.mjs';

const POLL_MS = 200;
const POLLS_UNTIL_UNKNOWN = 10;
const SIGN_OF_LIFE_MS = 2000;
const SILENT_TOO_LONG_MS = 60_000;
const LONGEST_WAIT_MS = 15 * 60_000;

/**
 * @template T
 * @param {string} path the lock file
 * @param {() => Promise<T>} work
 * @param {{ say?: (note: string) => void }} [options]
 * @returns {Promise<T>}
 */
export async function withLock(path, work, { say = () => {} } = {}) {
  mkdirSync(dirname(path), { recursive: true });
  const deadline = Date.now() + LONGEST_WAIT_MS;
  let told = false;
  let polls = 0;
  while (!take(path)) {
    const owner = readOwner(path);
    if (isAbandoned(path, owner)) {
      takeOver(path, owner);
      continue;
    }
    // Whoever has just made the lock has not yet written who it is.
    if (!told && (owner !== undefined || polls++ > POLLS_UNTIL_UNKNOWN)) {
      say(`another set-up is at work (process ${owner ?? 'unknown'}), waiting for it`);
      told = true;
    }
    if (Date.now() > deadline) {
      throw new SetupError(
        `Another set-up (process ${owner}) has held ${path} for 15 minutes: end it and run the command again.`,
      );
    }
    await wait(POLL_MS);
  }
  const alive = setInterval(() => touch(path), SIGN_OF_LIFE_MS);
  alive.unref();
  const release = onEnd(() => {
    clearInterval(alive);
    rmSync(path, { force: true });
  });
  try {
    return await work();
  } finally {
    await release();
  }
}

function take(path) {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Two who find the same dead owner must not remove each other's fresh lock: the look and the removal are one claimed step. */
function takeOver(path, deadOwner) {
  const claim = `${path}.takeover`;
  if (!take(claim)) {
    if (silenceMs(claim) > SILENT_TOO_LONG_MS) rmSync(claim, { force: true });
    return;
  }
  try {
    if (readOwner(path) === deadOwner) rmSync(path, { force: true });
  } finally {
    rmSync(claim, { force: true });
  }
}

function isAbandoned(path, owner) {
  if (owner !== undefined && !isAlive(owner)) return true;
  return silenceMs(path) > SILENT_TOO_LONG_MS;
}

/** The owner's process id; undefined while the file is being written or already gone. */
function readOwner(path) {
  try {
    const pid = Number(readFileSync(path, 'utf8'));
    return pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function silenceMs(path) {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

function touch(path) {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // The lock was removed by hand; the work goes on.
  }
}
