/** A configuration that is right, and can explain itself. */
import { closestName } from '@quality-hub/protocol';
import { type ConfigPath, isTree, leavesOf, pathText, readPath, valueAt } from './config-path.ts';
import type { HubConfig } from './define-hub.ts';
import { frozen } from './frozen.ts';
import type { Layer, LayerKind } from './layers/layer.ts';
import { layersAt, type MergedLayers } from './layers/merge-layers.ts';
import type { StandardSchema } from './schema/standard-schema.ts';

export interface ResolvedParts {
  readonly path: string;
  readonly localPath: string | undefined;
  readonly environment: string | undefined;
  readonly environments: readonly string[];
  /** The sections. */
  readonly config: HubConfig;
  readonly values: Readonly<Record<string, unknown>>;
  /** The values before the schema has filled in and changed anything. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly schema: StandardSchema | undefined;
  readonly layers: readonly Layer[];
  readonly merged: MergedLayers;
  readonly notices: readonly string[];
}

export interface Explanation {
  readonly path: string;
  readonly value: unknown;
  /** Where the value is from: a file, a variable, `the default of the schema`. */
  readonly source: string;
  /** All that say something of it, the one that counts last. */
  readonly said: readonly { readonly kind: LayerKind; readonly source: string; readonly value: unknown }[];
}

const DEFAULT = 'the default of the schema';

export class ResolvedConfig {
  readonly #parts: ResolvedParts;
  /** The suite's own values, as its schema gives them; frozen. */
  readonly values: Readonly<Record<string, unknown>>;

  constructor(parts: ResolvedParts) {
    this.#parts = parts;
    this.values = frozen(parts.values);
  }

  /** Of the main file. */
  get path(): string {
    return this.#parts.path;
  }

  /** The files it was read from. */
  get files(): readonly string[] {
    const { path, localPath } = this.#parts;
    return localPath === undefined ? [path] : [path, localPath];
  }

  get environment(): string | undefined {
    return this.#parts.environment;
  }

  get environments(): readonly string[] {
    return this.#parts.environments;
  }

  /** The sections, for those who are configured with them. */
  get config(): HubConfig {
    return this.#parts.config;
  }

  /** The values before the schema has filled in and changed anything. */
  get input(): Readonly<Record<string, unknown>> {
    return this.#parts.input;
  }

  get schema(): StandardSchema | undefined {
    return this.#parts.schema;
  }

  get layers(): readonly Layer[] {
    return this.#parts.layers;
  }

  /** What is no problem, and worth a line: a layer that could not be read. */
  get notices(): readonly string[] {
    return this.#parts.notices;
  }

  /** Sections and values together. */
  get tree(): Readonly<Record<string, unknown>> {
    return { ...this.#parts.config, ...this.values } as Readonly<Record<string, unknown>>;
  }

  /** Every value with its place. */
  get leaves(): readonly (readonly [ConfigPath, unknown])[] {
    return leavesOf(this.tree);
  }

  /** Where the value at a place is from. */
  sourceOf(path: ConfigPath): string {
    const origin = this.#parts.merged.originOf(path);
    // A tree of which the schema has added a part has an origin above; the part has none.
    if (origin === undefined || (layersAt(this.layers, path).length === 0 && !isBelowValue(this.layers, path)))
      return DEFAULT;
    return origin.source;
  }

  /** What the value at `text` is, and why; undefined where there is none. */
  explain(text: string): Explanation | undefined {
    const path = readPath(text);
    const value = path && valueAt(this.tree, path);
    if (path === undefined || value === undefined) return undefined;
    const said = layersAt(this.layers, path).map(({ layer, value }) => ({
      kind: layer.kind,
      source: layer.source,
      value,
    }));
    return { path: pathText(path), value, source: this.sourceOf(path), said };
  }

  /** The place that was meant by one that there is none of. */
  nearest(text: string): string | undefined {
    const places = new Set(this.leaves.flatMap(([path]) => path.map((_, at) => pathText(path.slice(0, at + 1)))));
    return closestName(text, [...places]);
  }
}

/** True below something that is replaced as a whole, such as a list. */
function isBelowValue(layers: readonly Layer[], path: ConfigPath): boolean {
  return path.some((_, at) => {
    const above = layersAt(layers, path.slice(0, at)).at(-1)?.value;
    return at > 0 && above !== undefined && !isTree(above);
  });
}
