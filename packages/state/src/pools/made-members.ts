/** Members that were made on demand: places in the store of the run, so that all its workers know them and none is made too much. */
import type { KeyValueDriver } from '@quality-hub/protocol';
import { poolPrefix } from './pool-notes.ts';

/** A place for a member that is being made, or that holds it. */
export interface MadePlace<M> {
  readonly index: number;
  /** Name of the member, also while it is being made. */
  readonly name: string;
  /** Undefined while it is being made. */
  readonly payload: M | undefined;
  readonly version: number;
}

interface Kept<M> {
  readonly name: string;
  readonly payload?: M;
}

export class MadeMembers<M extends object> {
  readonly #store: KeyValueDriver;
  readonly #prefix: string;
  readonly #run: string;

  /** @param store The run's own. */
  constructor(store: KeyValueDriver, pool: string, run: string) {
    this.#store = store;
    this.#prefix = `${poolPrefix(pool)}made/`;
    this.#run = run;
  }

  async read(): Promise<readonly MadePlace<M>[]> {
    const entries = await this.#store.list(this.#prefix);
    return entries
      .map(({ key, value, version }) => {
        const { name, payload } = JSON.parse(value) as Kept<M>;
        return { index: Number(key.slice(this.#prefix.length)), name, payload, version };
      })
      .sort((a, b) => a.index - b.index);
  }

  /** Takes a place: a new one, or that of a maker who died. Undefined where somebody else was faster. */
  async take(
    places: readonly MadePlace<M>[],
    isMakerAlive: (name: string) => boolean,
  ): Promise<MadePlace<M> | undefined> {
    const left = places.find(({ payload, name }) => payload === undefined && !isMakerAlive(name));
    const index = left?.index ?? (places.at(-1)?.index ?? 0) + 1;
    const name = left?.name ?? `made ${index} of ${this.#run}`;
    const kept: Kept<M> = { name };
    const version = await this.#store.set(this.#key(index), JSON.stringify(kept), { ifVersion: left?.version ?? 0 });
    return version === undefined ? undefined : { index, name, payload: undefined, version };
  }

  async fill({ index, name }: MadePlace<M>, payload: M): Promise<void> {
    await this.#store.set(this.#key(index), JSON.stringify({ name, payload }));
  }

  async drop({ index }: MadePlace<M>): Promise<void> {
    await this.#store.delete(this.#key(index));
  }

  #key(index: number): string {
    return this.#prefix + String(index).padStart(6, '0');
  }
}
