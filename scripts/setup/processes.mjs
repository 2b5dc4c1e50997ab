/** Starts child processes and ends every one of them, by its own process id, when this process ends. */
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** @type {Set<import('node:child_process').ChildProcess>} */
const living = new Set();
/** @type {Set<() => void | Promise<void>>} */
const closers = new Set();
let ending = false;
const GRACE_MS = 15_000;
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/**
 * Runs a command to its end and returns its exit code and output.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, log?: string, show?: boolean, timeoutMs?: number, uid?: number, gid?: number }} [options]
 *   `show` passes the terminal through; `log` keeps the output in a file.
 * @returns {Promise<{ code: number, signal: NodeJS.Signals | null, output: string, missing: boolean }>}
 */
export function run(command, args, { cwd, env, log, show = false, timeoutMs, uid, gid } = {}) {
  // The process is about to exit: what would come next is no longer wanted.
  if (ending) return new Promise(() => {});
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, uid, gid, stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'] });
    living.add(child);
    const file = log ? openLog(log) : undefined;
    const chunks = [];
    let missing = false;
    let failure;
    const timer = timeoutMs ? setTimeout(() => child.kill('SIGKILL'), timeoutMs) : undefined;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', chunk => {
        chunks.push(chunk);
        file?.write(chunk);
      });
    }
    child.on('error', error => {
      if (error.code === 'ENOENT') missing = true;
      else failure = error;
      if (child.pid === undefined) finish(127, null);
    });
    child.on('close', finish);
    function finish(code, signal) {
      clearTimeout(timer);
      living.delete(child);
      file?.end();
      if (failure) reject(failure);
      else resolve({ code: code ?? 1, signal, output: Buffer.concat(chunks).toString(), missing });
    }
  });
}

/** Registers what must be undone at the end, also after Ctrl+C. Returns a function that undoes it now. */
export function onEnd(close) {
  closers.add(close);
  return async () => {
    if (closers.delete(close)) await close();
  };
}

/** Undoes everything registered, last first. Safe to call twice. */
export async function endAll() {
  for (const close of [...closers].reverse()) {
    closers.delete(close);
    try {
      await close();
    } catch (error) {
      console.error(`Could not clean up: ${error instanceof Error ? error.message : error}`);
    }
  }
}

/**
 * Ctrl+C and SIGTERM: children are told, waited for, then ended for good; then everything registered is undone.
 *
 * Children always get SIGINT: it is what test runners end well on, while SIGTERM leaves Playwright's servers behind.
 * The signal may come twice, from the terminal and from the process above; the second one changes nothing.
 */
export function endOnSignals({ graceMs = GRACE_MS } = {}) {
  for (const [signal, code] of Object.entries(EXIT_CODES)) {
    process.on(signal, async () => {
      if (ending) return;
      ending = true;
      await stopChildren(graceMs);
      await endAll();
      process.exit(code);
    });
  }
}

async function stopChildren(graceMs) {
  await Promise.all(
    [...living].map(async child => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const closed = new Promise(resolve => child.once('close', resolve));
      child.kill('SIGINT');
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await closed;
      clearTimeout(timer);
    }),
  );
}

function openLog(path) {
  mkdirSync(dirname(path), { recursive: true });
  return createWriteStream(path, { flags: 'a' });
}
