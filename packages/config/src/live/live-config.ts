/** A configuration that follows its files, and that a program may change while it runs. */
import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { errorSentence } from '@quality-hub/protocol';
import { type ConfigPath, readPath, treeWith, valueAt } from '../config-path.ts';
import { ConfigError, ConfigLoadError } from '../errors.ts';
import { LOCAL_FILES } from '../find-config.ts';
import type { Layer } from '../layers/layer.ts';
import { mergeLayers } from '../layers/merge-layers.ts';
import type { ResolvedConfig } from '../resolved-config.ts';
import { type ChangedPath, changedPaths } from './changed-paths.ts';

export interface LiveOptions {
  /** Resolves the configuration with these changes on top; rejects where it is wrong, and gives nothing where it is gone. */
  readonly resolve: (updates: readonly Layer[]) => Promise<ResolvedConfig | undefined>;
  /** Editors write a file in several steps: the last one counts. In milliseconds. @default 150 */
  readonly debounceMs?: number;
  /** @default Date.now */
  readonly now?: () => number;
  /** Runs `work` later, unless what it gives is called before. @default setTimeout, unref'd */
  readonly after?: (ms: number, work: () => void) => () => void;
}

/** What happened to the configuration: it has changed, or what somebody wrote is wrong and the values before it stay. */
export type ConfigEvent =
  | { readonly at: string; readonly by: string; readonly changes: readonly ChangedPath[]; readonly trouble?: undefined }
  | {
      readonly at: string;
      readonly by: string;
      readonly changes?: undefined;
      readonly trouble: ConfigError | ConfigLoadError | Error;
    };

export class LiveConfig {
  readonly #options: LiveOptions;
  readonly #listeners = new Set<(event: ConfigEvent) => void>();
  readonly #watchers: FSWatcher[] = [];
  #current: ResolvedConfig;
  #updates: readonly Layer[] = [];
  #cancel: (() => void) | undefined;
  /** One change after the other: each is checked against what the one before has made. */
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(resolved: ResolvedConfig, options: LiveOptions) {
    this.#current = resolved;
    this.#options = options;
  }

  /** Stays what it is for whoever holds it: a change makes another one. */
  get current(): ResolvedConfig {
    return this.#current;
  }

  /** Calls `listener` with everything that happens, until what this gives is called. */
  on(listener: (event: ConfigEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Changes values by their places: `{ 'shop.currency': 'USD' }`. All of them, or none. They count more than all layers.
   *
   * @param by Who changes them, for `explain` and for listeners.
   * @throws {ConfigError} (`QH_CONFIG`) if the outcome would be wrong; then everything is as it was.
   */
  update(values: Readonly<Record<string, unknown>>, { by }: { readonly by: string }): Promise<ResolvedConfig> {
    const layers = Object.entries(values).map(([text, value]): Layer => {
      return { kind: 'update', source: by, tree: treeWith(this.#pathOf(text), value) as Layer['tree'] };
    });
    return this.#next(async () => {
      const { tree } = mergeLayers(layers);
      const updates = [...this.#updates, { kind: 'update', source: by, tree } satisfies Layer];
      await this.#resolve(updates, by);
      return this.#current;
    });
  }

  /** Takes changes back: those at a place and below it, or all. @throws as {@link LiveConfig.update} */
  reset(place: string | undefined, { by }: { readonly by: string }): Promise<ResolvedConfig> {
    const path = place === undefined ? undefined : this.#pathOf(place);
    return this.#next(async () => {
      const kept =
        path === undefined ? [] : this.#updates.map(layer => ({ ...layer, tree: without(layer.tree, path) }));
      await this.#resolve(kept, by);
      return this.#current;
    });
  }

  /** Reads the files again. A mistake is told to the listeners, and what counted before goes on to count. Never rejects. */
  async reload(by = 'the files'): Promise<void> {
    await this.#next(async () => {
      if (this.#closed) return;
      try {
        await this.#resolve(this.#updates, by);
      } catch (error) {
        const trouble = error instanceof Error ? error : new Error(errorSentence(error));
        this.#tell({ at: this.#at(), by, trouble });
      }
    });
  }

  /** Follows the files, and a local one that is not there yet. Does not keep the process alive. */
  watch(): void {
    const names = new Set([...this.#current.files.map(file => basename(file)), ...LOCAL_FILES]);
    const folders = new Set(this.#current.files.map(file => dirname(file)));
    for (const folder of folders) {
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        if (name === null || names.has(name)) this.#soon(name ?? 'the files');
      });
      // A folder that goes away is followed no more; the values stay.
      watcher.on('error', () => watcher.close());
      this.#watchers.push(watcher);
    }
  }

  close(): void {
    this.#closed = true;
    this.#cancel?.();
    this.#listeners.clear();
    for (const watcher of this.#watchers.splice(0)) watcher.close();
  }

  #soon(name: string): void {
    const { debounceMs = 150, after = afterUnref } = this.#options;
    this.#cancel?.();
    this.#cancel = after(debounceMs, () => void this.reload(name));
  }

  async #resolve(updates: readonly Layer[], by: string): Promise<void> {
    const next = await this.#options.resolve(updates);
    if (next === undefined) {
      const { path } = this.#current;
      throw new ConfigLoadError(path, `${path} is not there any more`, 'Put it back; what it said counts until then');
    }
    const changes = changedPaths(this.#current.tree, next.tree);
    this.#updates = updates;
    this.#current = next;
    if (changes.length > 0) this.#tell({ at: this.#at(), by, changes });
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  #pathOf(text: string): ConfigPath {
    const path = readPath(text);
    if (path) return path;
    throw new ConfigError(this.#current.path, [
      `${JSON.stringify(text)} is no place, expected one such as shop.baseURL`,
    ]);
  }

  #at(): string {
    return new Date((this.#options.now ?? Date.now)()).toISOString();
  }

  #tell(event: ConfigEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

function without(tree: Layer['tree'], path: ConfigPath): Layer['tree'] {
  const [key, ...rest] = path;
  const name = String(key);
  if (valueAt(tree, path) === undefined) return tree;
  if (rest.length > 0) return { ...tree, [name]: without(tree[name] as Layer['tree'], rest) };
  const { [name]: _, ...others } = tree;
  return others;
}

function afterUnref(ms: number, work: () => void): () => void {
  const timer = setTimeout(work, ms).unref();
  return () => clearTimeout(timer);
}
