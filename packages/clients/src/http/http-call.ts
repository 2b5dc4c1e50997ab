/**
 * A call that has been started: awaited, it is its answer; `.json()`, `.text()` and `.bytes()` need no await before.
 *
 * It is the promise of the call itself and no class around it: V8 tells who awaits a promise of the platform only, and its
 * errors are shown there.
 */
import type { HttpResponse } from './answer/http-response.ts';
import { shownAtCaller } from './caller.ts';

export interface HttpCall<Output = unknown> extends Promise<HttpResponse<Output>> {
  /** @see HttpResponse.json */
  json<T = Output>(): Promise<T>;
  text(): Promise<string>;
  bytes(): Promise<Buffer>;
}

export function httpCall<Output>(answer: Promise<HttpResponse<Output>>): HttpCall<Output> {
  const call = answer as HttpCall<Output>;
  call.json = json;
  call.text = text;
  call.bytes = bytes;
  return call;
}

async function json<T>(this: HttpCall): Promise<T> {
  try {
    return (await this).wholeJson<T>();
  } catch (error) {
    throw shownAtCaller(error);
  }
}

async function text(this: HttpCall): Promise<string> {
  return (await this).text();
}

async function bytes(this: HttpCall): Promise<Buffer> {
  return (await this).bytes();
}
