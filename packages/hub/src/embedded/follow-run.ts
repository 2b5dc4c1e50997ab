/** Follows the spool of one running run. Everything that goes wrong becomes the answer of `finish`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { errorSentence, isQualityHubError } from '@quality-hub/protocol';
import { type Hub, openHub } from '../hub.ts';
import type { EmbeddedResult, ThreadData } from './messages.ts';

const POLL_MS = 100;
/** After the store has refused, it is asked again only now and then: each try may wait for a lock. */
const RETRY_MS = 2_000;

export interface RunFollower {
  finish(timeoutMs: number): Promise<EmbeddedResult>;
  close(): Promise<void>;
}

export function followRun({ folder, runId }: ThreadData): RunFollower {
  const stopped = new AbortController();
  let hub: Hub | undefined;
  const following = follow();

  async function follow(): Promise<void> {
    while (!stopped.signal.aborted) {
      let pauseMs = POLL_MS;
      try {
        hub ??= openHub({ folder });
        await hub.catchUp(runId, { conclude: false, signal: stopped.signal });
      } catch {
        // `finish` tries once more and tells what it met then.
        pauseMs = RETRY_MS;
      }
      await sleep(pauseMs, undefined, { signal: stopped.signal }).catch(() => {});
    }
  }

  async function closeHub(): Promise<void> {
    stopped.abort();
    await following;
    await hub?.close();
    hub = undefined;
  }

  return {
    async finish(timeoutMs) {
      const signal = AbortSignal.timeout(Math.max(1, Math.round(timeoutMs)));
      stopped.abort();
      await following;
      try {
        hub ??= openHub({ folder });
        await hub.catchUp(runId, { signal });
        if (signal.aborted)
          return failed(
            'QH_EMBEDDED_LATE',
            `The hub could not take in the whole run in time. Everything is kept in ${folder.spools}; \`quality-hub show\` reads the rest`,
          );
        const digest = await hub.digest(runId);
        // Old spools are no part of this run's result.
        await hub.prune().catch(() => []);
        return { ok: true, digest };
      } catch (error) {
        return failed(isQualityHubError(error) ? error.code : 'QH_EMBEDDED', errorSentence(error));
      }
    },
    async close() {
      await closeHub().catch(() => {});
    },
  };
}

function failed(code: string, sentence: string): EmbeddedResult {
  return { ok: false, code, sentence };
}
