/** A call that has been started: awaited, it is its answer; `.json()`, `.text()` and `.bytes()` need no await before. */
import type { HttpResponse } from './answer/http-response.ts';
import { atCallSite, type CallSite } from './call-site.ts';

export class HttpCall<Output = unknown> implements Promise<HttpResponse<Output>> {
  readonly #answer: Promise<HttpResponse<Output>>;
  readonly #site: CallSite;

  constructor(answer: Promise<HttpResponse<Output>>, site: CallSite) {
    this.#answer = answer;
    this.#site = site;
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
    const answer = await this.#answer;
    try {
      return await answer.json<T>();
    } catch (error) {
      throw atCallSite(error, this.#site);
    }
  }

  async text(): Promise<string> {
    return (await this.#answer).text();
  }

  async bytes(): Promise<Buffer> {
    return (await this.#answer).bytes();
  }
}
