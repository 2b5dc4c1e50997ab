/** Output arrives as text or as bytes, and a character may be split over two chunks of bytes. */
import { StringDecoder } from 'node:string_decoder';

export type OutputStream = 'stdout' | 'stderr';

/** Turns chunks into text, for each owner (an attempt, or undefined for the run) and stream by itself. */
export class OutputText {
  /** Only of those that have written bytes. */
  readonly #decoders = new Map<object | undefined, Map<OutputStream, StringDecoder>>();

  /** The text of a chunk, with what the one before has left of a character. Broken UTF-8 becomes U+FFFD. */
  of(owner: object | undefined, stream: OutputStream, chunk: string | Buffer): string {
    if (typeof chunk === 'string') return this.#decoders.size === 0 ? chunk : this.#rest(owner, stream) + chunk;
    let streams = this.#decoders.get(owner);
    if (!streams) {
      streams = new Map();
      this.#decoders.set(owner, streams);
    }
    let decoder = streams.get(stream);
    if (!decoder) {
      decoder = new StringDecoder('utf8');
      streams.set(stream, decoder);
    }
    return decoder.write(chunk);
  }

  /** Forgets an owner, and hands out what is left: characters that never came to their end. */
  end(owner: object | undefined): readonly (readonly [stream: OutputStream, text: string])[] {
    const streams = [...(this.#decoders.get(owner)?.keys() ?? [])];
    const rests = streams.map(stream => [stream, this.#rest(owner, stream)] as const);
    this.#decoders.delete(owner);
    return rests.filter(([, text]) => text !== '');
  }

  #rest(owner: object | undefined, stream: OutputStream): string {
    return this.#decoders.get(owner)?.get(stream)?.end() ?? '';
  }
}
