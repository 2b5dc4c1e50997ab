/** What the work of one attempt is given. Its controller is made only when somebody reads the signal. */
import type { CallContext } from '../policy.ts';

export class AttemptContext implements CallContext {
  readonly attempt: number;
  readonly noteHeaders: CallContext['noteHeaders'];
  #controller: AbortController | undefined;
  #aborted = false;
  #reason: unknown;

  constructor(attempt: number, noteHeaders: CallContext['noteHeaders']) {
    this.attempt = attempt;
    this.noteHeaders = noteHeaders;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#aborted) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  abort(reason: unknown): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#reason = reason;
    this.#controller?.abort(reason);
  }
}
