/** Locks, pools and `once`, loaded when the first test asks for one of them. */
import type { Sharing, SharingParts } from './sharing.ts';

export class LazySharing {
  readonly #parts: () => SharingParts;
  #opened: Promise<Sharing> | undefined;

  constructor(parts: () => SharingParts) {
    this.#parts = parts;
  }

  open(): Promise<Sharing> {
    this.#opened ??= import('./sharing.ts').then(({ Sharing }) => new Sharing(this.#parts()));
    return this.#opened;
  }

  async close(): Promise<void> {
    await (await this.#opened?.catch(() => undefined))?.close();
  }
}
