/**
 * One request on undici's lowest interface, its answer read whole.
 *
 * `dispatch` with a handler of our own spares the stream that `request` makes for every body: half of our share of a call.
 */
import { performance } from 'node:perf_hooks';
import type { Dispatcher } from 'undici';
import { HttpTooLargeError } from '../errors.ts';
import type { Connection, OriginCounts } from './connection-counts.ts';
import type { AnswerHeaders, TransferFacts } from './transport.ts';

/** What rides along in the options of `dispatch`, so that the client that sends the request can say over which connection. */
export interface Passenger {
  connection: Connection | undefined;
  /** Nobody waits for it any more. */
  readonly abandoned?: boolean;
}

export interface Exchange {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body: Buffer;
  readonly facts: TransferFacts;
}

const NOTHING = Buffer.alloc(0);
const NOBODY = (): void => undefined;

export class BufferedExchange implements Dispatcher.DispatchHandler, Passenger {
  connection: Connection | undefined;
  readonly #counts: OriginCounts;
  readonly #maxBodyBytes: number;
  readonly #signal: AbortSignal | undefined;
  /** Never left without somebody who hears of a failure: whoever starts an exchange awaits this at once. */
  readonly answer: Promise<Exchange>;
  #resolve: (exchange: Exchange) => void = NOBODY;
  #reject: (error: unknown) => void = NOBODY;
  readonly #dispatchedAt = performance.now();
  #controller: Dispatcher.DispatchController | undefined;
  #settled = false;
  #queued = false;
  #startedAt = 0;
  #firstByteMs = 0;
  #poolWaitMs = 0;
  #connectMs: number | undefined;
  #reused = false;
  #status = 0;
  #headers: AnswerHeaders = {};
  #first: Buffer | undefined;
  #chunks: Buffer[] | undefined;
  #length = 0;

  constructor(counts: OriginCounts, maxBodyBytes: number, signal: AbortSignal | undefined) {
    this.#counts = counts;
    this.#maxBodyBytes = maxBodyBytes;
    this.#signal = signal;
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    counts.inFlight += 1;
  }

  get abandoned(): boolean {
    return this.#settled;
  }

  /** It was not written to a connection: nothing has left. */
  get unsent(): boolean {
    return this.#startedAt === 0;
  }

  get reused(): boolean {
    return this.#reused;
  }

  /** Bytes of an answer have come: the server has seen the request. */
  get answered(): boolean {
    return this.#status > 0;
  }

  /**
   * Said right after `dispatch`. Undici frees a connection one turn of the event loop after its answer: a call that waits
   * for that turn only, while the pool has room, has not waited for a connection.
   */
  markQueued(connections: number): void {
    this.#queued = this.connection === undefined && this.#counts.inFlight > connections;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#settled) {
      controller.abort(this.#abortReason());
      return;
    }
    this.#controller = controller;
    this.#startedAt = performance.now();
    const connection = this.connection;
    if (connection === undefined) return;
    this.#reused = connection.served > 0;
    connection.served += 1;
    this.#connectMs = connection.connectMs;
    connection.connectMs = undefined;
    if (this.#reused) this.#counts.reused += 1;
    this.#counts.busy += 1;
    if (this.#queued) {
      this.#poolWaitMs = this.#startedAt - this.#dispatchedAt;
      this.#counts.waits += 1;
      this.#counts.waitedMs += this.#poolWaitMs;
    }
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: AnswerHeaders): void {
    if (status < 200) return;
    this.#status = status;
    this.#headers = headers;
    this.#firstByteMs = performance.now() - this.#startedAt;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#length += chunk.length;
    if (this.#length > this.#maxBodyBytes) {
      const error = new HttpTooLargeError(
        `The answer is longer than the ${this.#maxBodyBytes} bytes that are kept in memory`,
        this.#maxBodyBytes,
      );
      this.#fail(error);
      controller.abort(error);
      return;
    }
    if (this.#first === undefined) this.#first = chunk;
    else if (this.#chunks === undefined) this.#chunks = [this.#first, chunk];
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (!this.#settle()) return;
    const body = this.#chunks === undefined ? (this.#first ?? NOTHING) : Buffer.concat(this.#chunks, this.#length);
    const seen = { reused: this.#reused, poolWaitMs: this.#poolWaitMs, firstByteMs: this.#firstByteMs };
    const facts = this.#connectMs === undefined ? seen : { ...seen, connectMs: this.#connectMs };
    this.#resolve({ status: this.#status, headers: this.#headers, body, facts });
  }

  onResponseError(_: unknown, error: Error): void {
    this.#fail(error);
  }

  #fail(error: unknown): void {
    if (this.#settle()) this.#reject(error);
  }

  /** False where it had been settled before. */
  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#counts.inFlight -= 1;
    if (this.#startedAt > 0 && this.connection !== undefined) this.#counts.busy -= 1;
    return true;
  }

  readonly #onAbort = (): void => {
    this.#fail(this.#signal?.reason);
    this.#controller?.abort(this.#abortReason());
  };

  #abortReason(): Error {
    const reason: unknown = this.#signal?.reason;
    return reason instanceof Error ? reason : new Error('aborted', { cause: reason });
  }
}
