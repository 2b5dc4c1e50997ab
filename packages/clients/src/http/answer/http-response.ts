/** An answer as the caller sees it. */
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Mask } from '@quality-hub/telemetry';
import { shownAtCaller } from '../caller.ts';
import { HttpBodyError } from '../errors.ts';
import type { AnswerHeaders } from '../transport/transport.ts';

export interface ResponseFacts {
  readonly doing: string;
  /** Where the answer came from: after redirects, that is another place than was asked. */
  readonly url: string;
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body: Buffer | Readable;
  readonly redirected: boolean;
  /** For what errors show of the body. */
  readonly mask: Pick<Mask, 'text'>;
}

/** What is read of a streamed body that nobody wanted, for the error. */
const SHORT_BYTES = 16_384;

/** The answer to one call. A body that was read whole can be read again; a stream once. */
export class HttpResponse<Output = unknown> {
  readonly status: number;
  /** Names in lower case; a name that came twice has a list. */
  readonly headers: AnswerHeaders;
  readonly url: string;
  readonly redirected: boolean;
  readonly #doing: string;
  readonly #mask: Pick<Mask, 'text'>;
  #body: Buffer | Readable;
  #checked: { readonly value: Output } | undefined;

  constructor({ doing, url, status, headers, body, redirected, mask }: ResponseFacts) {
    this.#doing = doing;
    this.#mask = mask;
    this.url = url;
    this.status = status;
    this.headers = headers;
    this.redirected = redirected;
    this.#body = body;
  }

  /** The status is one of 200 to 299. */
  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  /** The first value of a header, by its name in any case. */
  header(name: string): string | undefined {
    const value = this.headers[name.toLowerCase()];
    return typeof value === 'string' ? value : value?.[0];
  }

  /**
   * The body as JSON; what a schema was given for has been checked and is what the schema made of it.
   *
   * @throws {HttpBodyError} where it is not JSON (`QH_HTTP_BODY`); the message shows how it begins.
   */
  async json<T = Output>(): Promise<T> {
    if (!Buffer.isBuffer(this.#body)) await this.bytes();
    try {
      return this.wholeJson<T>();
    } catch (error) {
      throw shownAtCaller(error);
    }
  }

  /** The body as JSON where it is in memory, as it is unless it was asked for as a stream. @throws as `json` does. */
  wholeJson<T = Output>(): T {
    if (this.#checked !== undefined) return this.#checked.value as unknown as T;
    return this.parse(this.wholeBody?.toString('utf8') ?? '') as T;
  }

  async text(): Promise<string> {
    return (await this.bytes()).toString('utf8');
  }

  async bytes(): Promise<Buffer> {
    if (!Buffer.isBuffer(this.#body)) this.#body = await buffer(this.#body);
    return this.#body;
  }

  /** The body as a stream: the only way to read more than fits in memory. */
  stream(): Readable {
    return Buffer.isBuffer(this.#body) ? Readable.from(this.#body.length === 0 ? [] : [this.#body]) : this.#body;
  }

  /** The whole body where it is in memory. */
  get wholeBody(): Buffer | undefined {
    return Buffer.isBuffer(this.#body) ? this.#body : undefined;
  }

  /** Keeps what a schema made of the body. */
  keepChecked(value: Output): void {
    this.#checked = { value };
  }

  parse(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch {
      // Node's own message quotes the body, unmasked: it is not kept as the cause.
      const type = this.header('content-type') ?? 'without a content type';
      const start =
        text.length === 0
          ? 'an empty body'
          : `a body that begins "${this.#mask.text(text.slice(0, 8_192)).slice(0, 80)}"`;
      throw new HttpBodyError(
        `${this.#doing} gave ${this.status} (${type}) with ${start}, expected JSON`,
        text.trimStart().startsWith('<')
          ? 'It is a page: a proxy, a sign-in or an error page has answered in place of the API'
          : 'Read it with .text() where it is not JSON',
      );
    }
  }

  /** Reads the beginning of a stream and drops the rest: an unexpected status has its reason there. */
  async readShort(): Promise<void> {
    if (Buffer.isBuffer(this.#body)) return;
    const chunks: Buffer[] = [];
    let length = 0;
    try {
      for await (const chunk of this.#body as AsyncIterable<Buffer>) {
        chunks.push(chunk);
        length += chunk.length;
        if (length >= SHORT_BYTES) break;
      }
    } catch {
      // The status is what counts; a body that breaks adds nothing to it.
    }
    this.#body = Buffer.concat(chunks);
  }
}
