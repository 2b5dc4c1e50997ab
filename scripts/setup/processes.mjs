/** Starts child processes and ends every one of them, by its own process id, when this process ends. */
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** @type {Set<import('node:child_process').ChildProcess>} */
const living = new Set();
/** @type {Set<() => void | Promise<void>>} */
const closers = new Set();
const GRACE_MS = 15_000;

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

/** Ctrl+C and SIGTERM: children are told, waited for, then ended for good; then everything registered is undone. */
export function endOnSignals({ graceMs = GRACE_MS } = {}) {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ]) {
    process.once(signal, async () => {
      await stopChildren(signal, graceMs);
      await endAll();
      process.exit(code);
    });
  }
}

async function stopChildren(signal, graceMs) {
  const children = [...living];
  await Promise.all(
    children.map(child => {
      if (child.exitCode !== null || child.signalCode !== null) return undefined;
      const closed = new Promise(resolve => child.once('close', resolve));
      child.kill(signal);
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      return closed.then(() => clearTimeout(timer));
    }),
  );
}

function openLog(path) {
  mkdirSync(dirname(path), { recursive: true });
  return createWriteStream(path, { flags: 'a' });
}
