/** A call that has been started: awaited, it is its answer; `.json()`, `.text()` and `.bytes()` need no await before. */
import type { HttpResponse } from './answer/http-response.ts';

export class HttpCall<Output = unknown> implements Promise<HttpResponse<Output>> {
  readonly #answer: Promise<HttpResponse<Output>>;

  constructor(answer: Promise<HttpResponse<Output>>) {
    this.#answer = answer;
  }

  get [Symbol.toStringTag](): string {
    return 'HttpCall';
  }

  // Awaiting is what a call is for, as with the promise that it stands for.
  // biome-ignore lint/suspicious/noThenProperty: it is a promise
  then<Value = HttpResponse<Output>, Failure = never>(
    onAnswer?: ((answer: HttpResponse<Output>) => Value | PromiseLike<Value>) | null,
    onFailure?: ((error: unknown) => Failure | PromiseLike<Failure>) | null,
  ): Promise<Value | Failure> {
    return this.#answer.then(onAnswer, onFailure);
  }

  catch<Failure = never>(
    onFailure?: ((error: unknown) => Failure | PromiseLike<Failure>) | null,
  ): Promise<HttpResponse<Output> | Failure> {
    return this.#answer.catch(onFailure);
  }

  finally(onEnd?: (() => void) | null): Promise<HttpResponse<Output>> {
    return this.#answer.finally(onEnd);
  }

  /** @see HttpResponse.json */
  async json<T = Output>(): Promise<T> {
    return (await this.#answer).json<T>();
  }

  async text(): Promise<string> {
    return (await this.#answer).text();
  }

  async bytes(): Promise<Buffer> {
    return (await this.#answer).bytes();
  }
}
