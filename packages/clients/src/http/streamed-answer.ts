/** What belongs to an answer whose body is a stream: counting it, its end, and the signal that ends it early. */
import { type Readable, Transform } from 'node:stream';
import type { HttpResponse } from './answer/http-response.ts';
import type { RunningCall } from './running-call.ts';

/** Counts what passes. */
export function meter(body: Readable, call: RunningCall): Readable {
  const counter = new Transform({
    transform(chunk: Buffer, _, done) {
      call.streamedBytes += chunk.length;
      done(null, chunk);
    },
  });
  body.on('error', error => counter.destroy(error));
  // A body may break before anybody reads it: whoever does is told then, and the process does not end over it.
  counter.on('error', () => undefined);
  counter.once('close', () => body.destroy());
  return body.pipe(counter);
}

/** A call whose body the caller reads has ended when the body has. */
export function endWithStream(call: RunningCall, response: HttpResponse, signal: AbortSignal | undefined): void {
  const body = response.stream();
  let failure: unknown;
  body.once('error', error => {
    failure = error;
  });
  body.once('close', () => call.end(failure, signal?.aborted === true));
}

/** The signal of a body that outlives its attempt: until the headers the policy's, after that the caller's alone. */
export class StreamLife {
  readonly #controller = new AbortController();
  readonly #attempt: AbortSignal;
  readonly #caller: AbortSignal | undefined;
  readonly #onAttempt = (): void => this.#controller.abort(this.#attempt.reason);
  readonly #onCaller = (): void => this.#controller.abort(this.#caller?.reason);

  constructor(attempt: AbortSignal, caller: AbortSignal | undefined) {
    this.#attempt = attempt;
    this.#caller = caller;
    if (attempt.aborted) this.#onAttempt();
    attempt.addEventListener('abort', this.#onAttempt, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  outlive(response: HttpResponse): void {
    this.end();
    if (this.#caller?.aborted) this.#onCaller();
    this.#caller?.addEventListener('abort', this.#onCaller, { once: true });
    response.stream().once('close', () => this.#caller?.removeEventListener('abort', this.#onCaller));
  }

  end(): void {
    this.#attempt.removeEventListener('abort', this.#onAttempt);
  }
}
