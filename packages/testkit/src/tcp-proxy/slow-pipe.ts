/** One direction of a proxied connection: bytes go on at once, late and few at a time, or not at all. */
import type { Socket } from 'node:net';

export interface Slowness {
  /** Added to every piece of bytes, in milliseconds. @default 0 */
  readonly latencyMs?: number;
  /** Bytes per second, in each direction. @default no limit */
  readonly bytesPerSecond?: number;
}

/** A piece of a slow stream: small enough that the rate is even. */
const SLICE_MS = 50;

export class SlowPipe {
  readonly #to: Socket;
  readonly #from: Socket;
  readonly #count: (bytes: number) => void;
  #held: Buffer[] = [];
  #ended = false;
  #frozen = false;
  #slowness: Slowness = {};
  /** When the wire is free again for the next slice, by `performance.now`. */
  #freeAtMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(from: Socket, to: Socket, count: (bytes: number) => void) {
    this.#from = from;
    this.#to = to;
    this.#count = count;
    from.on('data', bytes => {
      this.#held.push(bytes);
      this.#flow();
    });
    from.on('end', () => {
      this.#ended = true;
      this.#flow();
    });
    to.on('drain', () => {
      if (!this.#frozen) from.resume();
    });
  }

  freeze(): void {
    this.#frozen = true;
    this.#stop();
    // Bytes that are not read fill the buffers of the system: the other side can send until then, as to a machine that hangs.
    this.#from.pause();
  }

  slow(slowness: Slowness): void {
    this.#slowness = slowness;
    this.#frozen = false;
    this.#from.resume();
    this.#flow();
  }

  normal(): void {
    this.#stop();
    this.#freeAtMs = 0;
    this.slow({});
  }

  /** Nothing goes on from here. */
  close(): void {
    this.#stop();
    this.#held = [];
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #flow(): void {
    if (this.#frozen || this.#timer) return;
    const { latencyMs = 0, bytesPerSecond = Number.POSITIVE_INFINITY } = this.#slowness;
    if (latencyMs === 0 && bytesPerSecond === Number.POSITIVE_INFINITY) {
      for (const bytes of this.#held.splice(0)) this.#write(bytes);
      if (this.#ended) this.#to.end();
      return;
    }
    if (this.#held.length === 0) {
      if (this.#ended) this.#to.end();
      return;
    }
    const now = performance.now();
    const dueMs = Math.max(now + latencyMs, this.#freeAtMs);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#sendSlice(bytesPerSecond);
      this.#flow();
    }, dueMs - now);
  }

  #sendSlice(bytesPerSecond: number): void {
    const all = Buffer.concat(this.#held);
    const size = Math.max(1, Math.min(all.length, Math.floor((bytesPerSecond * SLICE_MS) / 1000)));
    this.#held = size < all.length ? [all.subarray(size)] : [];
    this.#freeAtMs = performance.now() + (size / bytesPerSecond) * 1000;
    this.#write(all.subarray(0, size));
  }

  #write(bytes: Buffer): void {
    if (this.#to.destroyed || !this.#to.writable) return;
    this.#count(bytes.length);
    if (!this.#to.write(bytes)) this.#from.pause();
  }
}
