/**
 * The hub inside a test run: a worker thread that follows the run's spool into `hub.db`.
 *
 * This module is loaded in the runner's main thread and imports next to nothing; store, rules and SQLite are loaded in
 * the thread only. Nothing here throws, hangs, prints, or keeps the process alive.
 */
import { Worker } from 'node:worker_threads';
import type { HubFolder } from '@quality-hub/telemetry';
import type { EmbeddedResult, ThreadData, ThreadRequest } from './messages.ts';

export type { EmbeddedResult } from './messages.ts';

export interface EmbeddedHubOptions {
  readonly folder: HubFolder;
  readonly runId: string;
}

export interface FinishOptions {
  /** Longest wait for the answer, in milliseconds. @default 10000 */
  readonly timeoutMs?: number;
}

export interface EmbeddedHub {
  /**
   * Lets the thread take in the rest of the spool, judge and cluster. Call it when the last event is in the spool. Answers
   * with a sentence instead of a digest when the thread has died, the store refuses, or the time is over. Never rejects.
   */
  finish(options?: FinishOptions): Promise<EmbeddedResult>;
  /** Ends the thread. Safe to call twice; never rejects. */
  close(): Promise<void>;
}

/** How long a thread may take to close its database before it is ended from outside. */
const CLOSE_MS = 1_000;
/** Of the thread's heap: half of the default, which saves 20 MB and costs no time. Less than this costs time. */
const YOUNG_GENERATION_MB = 8;
/** The thread stops this long before the deadline, so that its own answer arrives. */
const ANSWER_MS = 200;

/** Starts the thread. It makes nothing wait: what it could not do is said by `finish`. */
export function startEmbeddedHub({ folder, runId }: EmbeddedHubOptions): EmbeddedHub {
  let died: EmbeddedResult | undefined;
  const waiting = new Set<(result: EmbeddedResult) => void>();
  const worker = startThread({ folder, runId }, fail);
  worker?.on('message', (result: EmbeddedResult) => answer(result));
  worker?.on('error', (error: Error) => fail(error.message));
  worker?.on('exit', () => fail('its thread ended early'));
  // Only now: a new listener for messages counts as a reason to stay alive.
  worker?.unref();

  function answer(result: EmbeddedResult): void {
    for (const resolve of waiting) resolve(result);
    waiting.clear();
  }

  function fail(why: string): void {
    died ??= {
      ok: false,
      code: 'QH_EMBEDDED',
      sentence: `The hub could not follow this run (${why.split('\n')[0]}). Everything is kept in ${folder.spools}; \`quality-hub show\` reads it from there`,
    };
    answer(died);
  }

  return {
    finish({ timeoutMs = 10_000 } = {}) {
      if (!worker || died) return Promise.resolve(died ?? late(folder, timeoutMs));
      worker.ref();
      return new Promise<EmbeddedResult>(resolve => {
        const timer = setTimeout(() => settle(late(folder, timeoutMs)), timeoutMs);
        const settle = (result: EmbeddedResult): void => {
          clearTimeout(timer);
          waiting.delete(settle);
          worker.unref();
          resolve(result);
        };
        waiting.add(settle);
        const request: ThreadRequest = {
          type: 'finish',
          timeoutMs: Math.max(timeoutMs / 2, timeoutMs - ANSWER_MS),
        };
        worker.postMessage(request);
      });
    },
    async close() {
      if (!worker || died) return;
      died = { ok: false, code: 'QH_EMBEDDED', sentence: 'The hub of this run is closed' };
      worker.ref();
      const exited = new Promise<void>(resolve => {
        worker.once('exit', () => resolve());
      });
      const request: ThreadRequest = { type: 'close' };
      worker.postMessage(request);
      // A thread inside a native wait cannot even be terminated at once: then nobody waits for it either.
      const terminate = setTimeout(() => void worker.terminate(), CLOSE_MS);
      let giveUp: NodeJS.Timeout | undefined;
      const given = new Promise<void>(resolve => {
        giveUp = setTimeout(resolve, CLOSE_MS + 500);
      });
      await Promise.race([exited, given]);
      clearTimeout(terminate);
      clearTimeout(giveUp);
      worker.unref();
    },
  };
}

function startThread(workerData: ThreadData, fail: (why: string) => void): Worker | undefined {
  try {
    // The compiler does not rewrite the name in a string: sources run from `.ts`, the published package from `.js`.
    const entry = new URL(import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js', import.meta.url);
    const worker = new Worker(entry, {
      workerData,
      execArgv: [],
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
      stdout: true,
      stderr: true,
      name: 'quality-hub',
    });
    // What the thread prints (a warning about SQLite, say) belongs to nobody's terminal. It stays unread: reading would
    // keep the process alive.
    return worker;
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

function late(folder: HubFolder, timeoutMs: number): EmbeddedResult {
  return {
    ok: false,
    code: 'QH_EMBEDDED_LATE',
    sentence: `The hub was not ready within ${timeoutMs / 1000} s. Everything is kept in ${folder.spools}; \`quality-hub show\` reads it from there`,
  };
}
