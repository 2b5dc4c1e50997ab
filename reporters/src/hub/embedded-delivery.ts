/** Starts the embedded hub when the first test has started, and asks it for the report when the run has ended. */

import type { EmbeddedHub, EmbeddedResult } from '@quality-hub/hub/embedded';
import { errorSentence } from '@quality-hub/protocol';
import type { HubFolder } from '@quality-hub/telemetry';

export class EmbeddedDelivery {
  #folder: HubFolder;
  readonly #runId: string;
  #hub: Promise<EmbeddedHub> | undefined;

  constructor(folder: HubFolder, runId: string) {
    this.#folder = folder;
    this.#runId = runId;
  }

  /** Loads and starts the hub's thread; later calls do nothing. Never throws, never waits. */
  start(): void {
    if (this.#hub !== undefined) return;
    this.#hub = import('@quality-hub/hub/embedded').then(({ startEmbeddedHub }) =>
      startEmbeddedHub({ folder: this.#folder, runId: this.#runId }),
    );
    // Heard again in `finish`; until then it must not count as unhandled.
    this.#hub.catch(() => undefined);
  }

  /** Follows the record in another folder from now on, from its beginning. */
  moveTo(folder: HubFolder): void {
    this.#folder = folder;
    const before = this.#hub;
    if (before === undefined) return;
    this.#hub = undefined;
    before.then(hub => hub.close()).catch(() => undefined);
    this.start();
  }

  /** The digest of the run, or one sentence why there is none, within `timeoutMs`. Never rejects. */
  async finish(timeoutMs: number): Promise<EmbeddedResult> {
    this.start();
    try {
      const hub = await this.#hub;
      if (hub === undefined) throw new Error('The embedded hub was not started');
      const result = await hub.finish({ timeoutMs });
      await hub.close();
      return result;
    } catch (error) {
      return { ok: false, code: 'QH_EMBEDDED', sentence: errorSentence(error) };
    }
  }
}
